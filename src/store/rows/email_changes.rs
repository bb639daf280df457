//! Changes of e-mail address under way: table `email_changes`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub user_id: Uuid,
    pub old_email: String,
    pub new_email: String,
    pub confirm_token: Vec<u8>,
    pub undo_token: Vec<u8>,
    pub requested_from: String,
    pub asked_at: i64,
    pub confirm_until: i64,
    pub undo_until: i64,
    pub confirmed_at: Option<i64>,
    pub ended_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
