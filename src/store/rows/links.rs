//! Mailed links: table `links`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub purpose: String,
    pub token: Vec<u8>,
    pub code: Vec<u8>,
    pub code_misses: i32,
    pub email: String,
    pub user_id: Option<Uuid>,
    pub flow_id: Uuid,
    pub registration: Option<String>,
    pub requested_from: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub code_expires_at: i64,
    pub spent_at: Option<i64>,
    pub spent_from: Option<String>,
    pub voided_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
