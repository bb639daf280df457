//! Clients to be told that a session ended: table `logout_notices`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "logout_notices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub client_id: String,
    pub session_id: Uuid,
    pub user_id: Uuid,
    pub subject: String,
    pub host: String,
    pub state: String,
    pub attempts: i32,
    pub due_at: i64,
    pub claimed_until: i64,
    pub created_at: i64,
    pub ended_at: Option<i64>,
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
