//! Devices that wait to be let in: table `device_authorizations`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device_authorizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm: String,
    pub client_id: String,
    pub device_code: Vec<u8>,
    pub user_code: Vec<u8>,
    pub scope: String,
    pub state: String,
    pub grant_id: Option<Uuid>,
    pub interval_seconds: i32,
    pub polled_at: Option<i64>,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
