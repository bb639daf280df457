//! Certificates of people: table `certificates`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "certificates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub realm: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
    pub user_id: Uuid,
    pub holder: Vec<u8>,
    pub content: String,
    pub added_at: i64,
    pub used_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub not_after: Option<i64>,
    pub reminded: Option<i32>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
