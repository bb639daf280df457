//! People who ask for access to an organisation: table `access_requests`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub organisation_id: Uuid,
    pub email: String,
    pub email_canonical: String,
    pub first_name: String,
    pub last_name: String,
    pub language: String,
    pub state: String,
    pub token: Vec<u8>,
    pub requested_from: String,
    pub asked_at: i64,
    pub link_ends_at: i64,
    pub proven_at: Option<i64>,
    pub decided_at: Option<i64>,
    pub decided_by: Option<Uuid>,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
