//! Forms as browsers and password managers treat them: what fields are for, what is shown, what is sent twice.

use std::time::Duration;

use super::visit::{EMAIL, FRENCH, PASSWORD, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn sr_26_managers_are_told_what_each_field_of_the_journey_is() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    let page = &visit.page;
    visit.portal("/sign-in").await;
    page.shows(FRENCH.sign_in).await;
    assert_eq!(page.autocomplete().await, ["username=username", "password=current-password"]);
    page.follow(FRENCH.forgotten).await;
    page.shows(FRENCH.recover).await;
    assert_eq!(page.autocomplete().await, ["username=username"]);
    visit.registers().await;
    assert_eq!(page.autocomplete().await, ["code=one-time-code"]);
    page.back().await;
    page.shows(FRENCH.register).await;
    assert_eq!(page.autocomplete().await, ["firstName=given-name", "lastName=family-name", "email=email"]);
    visit.proves_the_address().await;
    page.shows(FRENCH.password).await;
    let password = ["username=username", "password-new=new-password", "password-confirm=new-password"];
    assert_eq!(page.autocomplete().await, password);
    assert_eq!(page.value_of("username").await, EMAIL, "the account that the new password belongs to");
    visit.chooses_a_password().await;
    page.shows(FRENCH.question).await;
    assert_eq!(page.autocomplete().await, ["question=off", "answer=off"]);
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_can_be_shown_and_its_rules_answer_while_it_is_typed() {
    let Some(visit) = Visit::begin(&FRENCH, true).await else { return };
    let page = &visit.page;
    visit.registers().await;
    visit.proves_the_address().await;
    page.shows(FRENCH.password).await;
    let kind = "document.getElementById('password-new').type";
    let broken = "document.querySelectorAll('.criteria .unmet').length";
    page.fill_named("password-new", "court").await;
    assert_eq!(page.evaluate(broken).await, 2);
    page.fill_named("password-new", PASSWORD).await;
    assert_eq!(page.evaluate(broken).await, 0);
    assert_eq!(page.evaluate(kind).await, "password");
    page.press("Afficher").await;
    assert_eq!(page.evaluate(kind).await, "text");
    page.press("Masquer").await;
    assert_eq!(page.evaluate(kind).await, "password");

    // It leaves as a password whatever it is shown as, and does not come back with an error.
    page.press("Afficher").await;
    page.fill_named("password-confirm", "autre").await;
    page.press(FRENCH.submit).await;
    page.says("Il y a un problème").await;
    assert_eq!(page.evaluate(kind).await, "password");
    assert_eq!(page.value_of("password-new").await, "");
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ux_1_2_a_double_click_registers_once_and_leads_on() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    let page = &visit.page;
    visit.portal("/register").await;
    page.shows(FRENCH.register).await;
    page.fill_named("firstName", "Marie").await;
    page.fill_named("lastName", "Durand").await;
    page.fill_named("email", EMAIL).await;
    page.press_twice(FRENCH.register).await;
    page.shows(FRENCH.verify).await;
    visit.proves_the_address().await;
    page.shows(FRENCH.password).await;
    page.fill_named("password-new", PASSWORD).await;
    page.fill_named("password-confirm", PASSWORD).await;
    page.press_twice(FRENCH.submit).await;
    page.shows(FRENCH.question).await;
    page.fill_named("question", "Marque de la première voiture").await;
    page.fill_named("answer", "Renault").await;
    page.press_twice(FRENCH.validate).await;
    visit.is_home().await;
    assert_eq!(visit.demo.mails_to(EMAIL).await.len(), 1, "one registration, one mail");
    visit.page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ux_1_2_a_page_open_for_over_an_hour_keeps_what_was_typed() {
    let Some(visit) = Visit::begin(&FRENCH, false).await else { return };
    let page = &visit.page;
    visit.portal("/register").await;
    page.shows(FRENCH.register).await;
    visit.demo.advance(Duration::from_mins(61)).await;
    page.fill_named("firstName", "Marie").await;
    page.fill_named("lastName", "Durand").await;
    page.fill_named("email", EMAIL).await;
    page.press(FRENCH.register).await;
    page.says("Cette page était ouverte depuis plus d’une heure").await;
    assert_eq!(page.value_of("firstName").await, "Marie");
    assert_eq!(page.value_of("lastName").await, "Durand");
    assert_eq!(page.value_of("email").await, EMAIL);
    page.press(FRENCH.register).await;
    page.shows(FRENCH.verify).await;
    visit.page.close().await;
}
