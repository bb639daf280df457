//! People: table `users`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub state: String,
    pub email: Option<String>,
    pub email_verified_at: Option<i64>,
    pub first_name: String,
    pub last_name: String,
    pub language: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub profile: String,
    pub email_canonical: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
