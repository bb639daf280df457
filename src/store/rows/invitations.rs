//! Invitations into organisations: table `invitations`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub organisation_id: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub language: String,
    pub roles: String,
    pub token: Vec<u8>,
    pub former_token: Option<Vec<u8>>,
    pub invited_by: Option<Uuid>,
    pub created_at: i64,
    pub sent_at: i64,
    pub expires_at: i64,
    pub reminded_at: Option<i64>,
    pub accepted_at: Option<i64>,
    pub user_id: Option<Uuid>,
    pub refused_at: Option<i64>,
    pub withdrawn_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
