//! Mails whose link says that it was somebody else: table `warnings`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "warnings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub user_id: Uuid,
    pub email: String,
    pub token: Vec<u8>,
    pub about: String,
    pub session_id: Option<Uuid>,
    pub happened_from: String,
    pub happened_at: i64,
    pub ends_at: i64,
    pub spent_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
