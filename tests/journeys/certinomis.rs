//! DOMAIN.md §9.5, page by page: what stands there in French and in English, and what follows from each.

use crate::support::client_app::claims;
use crate::support::people::MARIE;
use crate::support::world::on_each_database;

#[tokio::test]
async fn certinomis_somebody_registers_and_comes_back() {
    on_each_database(async |world| {
        let tokens = MARIE.gets_an_account(world, &mut world.browser()).await;
        let told = claims(&tokens.id_token);
        let person = world.portal().userinfo(&tokens.access_token).await.json();
        assert_eq!(person["sub"], told["sub"]);
        assert_eq!(person["email"], MARIE.email);
        assert_eq!(person["email_verified"], true);
        let again = MARIE.signs_in(world, &mut world.browser()).await;
        assert_eq!(claims(&again.id_token)["sub"], told["sub"]);
    })
    .await;
}
