//! Customer accounts of organisations: table `organisations`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub scheme: String,
    pub country: String,
    pub number: String,
    pub details: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub contacts_at: Option<i64>,
    pub users_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
