//! Clients that registered themselves: table `clients`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clients")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub realm: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    pub document: String,
    pub version: i64,
    pub created_at: i64,
    pub changed_at: i64,
    pub particulars: String,
    pub registration_token: Option<Vec<u8>>,
    pub admitted_by: Option<Uuid>,
    pub used_at: i64,
    pub disabled_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
