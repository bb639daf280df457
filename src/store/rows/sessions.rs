//! Single sign-on: table `sessions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub token: Vec<u8>,
    pub user_id: Uuid,
    pub amr: String,
    pub acr: String,
    pub auth_time: i64,
    pub created_at: i64,
    pub seen_at: i64,
    pub idle_seconds: i64,
    pub expires_at: i64,
    pub user_agent: String,
    pub source: String,
    pub ended_at: Option<i64>,
    pub certificate: Option<String>,
    pub certificate_sha256: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
