//! Certificates on their way from the host that asks for them: table `certificate_handovers`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "certificate_handovers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: Vec<u8>,
    pub realm: String,
    pub browser: Vec<u8>,
    pub flow_id: Uuid,
    pub code: Option<Vec<u8>>,
    pub outcome: Option<String>,
    pub expires_at: i64,
    pub spent_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
