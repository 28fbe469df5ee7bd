//! Admins at the desk: subscribers, imports, tokens.

use cucumber::{given, then, when};
use regex::Regex;
use reqwest::multipart::{Form, Part};

use crate::world::{Actor, Answer, Pennypost, Program, unescaped, until};

const FIND: &str = "/admin/subscribers/find";
const IMPORTS: &str = "/admin/imports";
const TOKENS: &str = "/admin/tokens";

/// The page that the desk shows for an address.
async fn look_up(world: &mut Pennypost, actor: &str, email: &str) -> Answer {
    let browser = world.browser(actor);
    let answer = browser.post_form(FIND, &[("email", email)]).await;
    if answer.status.as_u16() == 303 {
        browser.get(&answer.redirect()).await
    } else {
        answer
    }
}

#[when(expr = "{actor} looks up {actor}")]
async fn looks_up_person(world: &mut Pennypost, actor: Actor, person: Actor) {
    let email = world.address(&person.0).to_uppercase();
    looks_up(world, actor, email).await;
}

#[when(expr = "{actor} looks up {string}")]
async fn looks_up(world: &mut Pennypost, actor: Actor, email: String) {
    let page = look_up(world, &actor.0, &email).await;
    world.answered(page);
}

#[when(expr = "{actor} erases {actor} at the desk")]
async fn erases(world: &mut Pennypost, actor: Actor, person: Actor) {
    let email = world.address(&person.0);
    let page = look_up(world, &actor.0, &email).await;
    let action = Regex::new(r"/admin/subscribers/[0-9a-f-]{36}/erase").expect("valid");
    let action = action.find(&page.body);
    let action = action.unwrap_or_else(|| panic!("no form that erases in {}", page.body));
    let browser = world.browser(&actor.0);
    let answer = browser.post_form(action.as_str(), &[]).await;
    world.answered(answer);
}

#[then(expr = "the page shows the address of {actor}")]
async fn shows_address(world: &mut Pennypost, person: Actor) {
    let email = world.address(&person.0);
    let page = unescaped(&world.answer().body);
    assert!(page.contains(&email), "{page}");
}

#[then(expr = "the page does not show the address of {actor}")]
async fn shows_no_address(world: &mut Pennypost, person: Actor) {
    let email = world.address(&person.0);
    let page = unescaped(&world.answer().body);
    assert!(!page.contains(&email), "{page}");
}

async fn upload(world: &mut Pennypost, actor: &str, list: String) {
    let part = Part::text(list).file_name("readers.csv");
    let part = part.mime_str("text/csv").expect("a media type");
    let form = Form::new().part("list", part);
    let request = world.browser(actor).request_to_post(IMPORTS);
    world.answered(Answer::to(request.multipart(form)).await);
}

#[given(expr = "{actor} uploads a file with {actor}, {actor} and a row that is none")]
#[when(expr = "{actor} uploads a file with {actor}, {actor} and a row that is none")]
async fn uploads_people(world: &mut Pennypost, actor: Actor, one: Actor, other: Actor) {
    let rows = [one, other].map(|Actor(name)| format!("{},{name}\r\n", world.address(&name)));
    let list = format!("email,name\r\n{}nonsense,Nobody\r\n", rows.concat());
    upload(world, &actor.0, list).await;
}

#[when(expr = "{actor} uploads the file {string}")]
async fn uploads(world: &mut Pennypost, actor: Actor, list: String) {
    upload(world, &actor.0, list.replace("\\n", "\n")).await;
}

#[when(expr = "{actor} uploads a file of 5 MB")]
async fn uploads_too_much(world: &mut Pennypost, actor: Actor) {
    let row = "a@example.com,A\n";
    let rows = row.repeat(5 * 1024 * 1024 / row.len());
    upload(world, &actor.0, format!("email,name\n{rows}")).await;
}

#[given(expr = "{actor} waits until the import has ended")]
#[when(expr = "{actor} waits until the import has ended")]
async fn import_has_ended(world: &mut Pennypost, actor: Actor) {
    let path = world.answer().redirect();
    let browser = world.browser(&actor.0);
    let page = until("the import to end", || async {
        let page = browser.get(&path).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        (!page.body.contains("running")).then_some(page)
    });
    let page = page.await;
    world.answered(page);
}

#[when(expr = "{actor} makes a token for {actor}")]
async fn makes_token(world: &mut Pennypost, actor: Actor, program: Actor) {
    let name = format!("{} of {}", program.0, world.scenario);
    let browser = world.browser(&actor.0);
    let made = browser.post_form(TOKENS, &[("name", &name)]).await;
    let token = Regex::new(r">\s*(pp_[0-9a-f]{32}_[0-9A-Za-z_-]+)\s*<").expect("valid");
    let token = token.captures(&made.body);
    let token = token.unwrap_or_else(|| panic!("no token in {}", made.body))[1].to_owned();
    let list = browser.get(TOKENS).await;
    let id = Regex::new(&format!(
        r#"(?s)<th\b[^>]*>\s*{}\s*</th>.*?/admin/tokens/([0-9a-f-]{{36}})/revoke"#,
        regex::escape(&name)
    ));
    let id = id.expect("valid").captures(&list.body);
    let id = id.unwrap_or_else(|| panic!("{name} is not in {}", list.body))[1].to_owned();
    world.programs.insert(program.0, Program { id, token });
    world.answered(made);
}

#[when(expr = "{actor} revokes the token of {actor} at the desk")]
#[when(expr = "{actor} tries to revoke the token of {actor}")]
async fn revokes(world: &mut Pennypost, actor: Actor, program: Actor) {
    let path = format!("{TOKENS}/{}/revoke", world.programs[&program.0].id);
    let answer = world.browser(&actor.0).post_form(&path, &[]).await;
    world.answered(answer);
}
