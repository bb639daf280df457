//! `guichet realm …`: realm files validated, begun, given secrets and schemas. Nothing here touches a running server.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::realm_files::{self, NotWritten};
use super::settings::SettingsFile;
use crate::code::Code;
use crate::entropy::{self, Entropy};
use crate::ids::RealmName;
use crate::keys::client_secret::ClientSecrets;
use crate::keys::master::MasterKey;
use crate::keys::sealing::Sealer;
use crate::protocol::client::ClientId;
use crate::protocol::sealed_secret::SealedSecret;
use crate::realm::check::{Wording, check, written_hash};
use crate::realm::document::{client_schema, realm_schema, terms_schema};
use crate::realm::finding::Findings;
use crate::realm::model::Realm;
use crate::realm::preset::{PORTAL, Preset, with_secret};
use crate::secret;

/// What can be done with realm files.
#[derive(Debug, Subcommand)]
pub enum RealmCommand {
    /// Check realm files; nothing is contacted or changed
    #[command(
        after_help = "Examples:\n  guichet realm validate realm-config\n  guichet realm validate realm-config/certinomis --json"
    )]
    Validate(Validate),
    /// Write a complete, commented realm to begin with
    #[command(after_help = "Examples:\n  guichet realm init acme\n  guichet realm init acme --dir /etc/guichet/realms")]
    Init(Init),
    /// Make a client secret: printed once, with the hash for the client's file
    #[command(
        after_help = "Examples:\n  guichet realm secret\n  guichet realm secret --sealed certinomis portal   for client_secret_jwt"
    )]
    Secret(Secret),
    /// Print the JSON Schema of a realm file, for editors
    Schema(Schema),
}

/// `guichet realm validate`
#[derive(Debug, Args)]
pub struct Validate {
    /// Folders of one realm each, or of several
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// The findings as JSON
    #[arg(long)]
    json: bool,
}

/// `guichet realm init`
#[derive(Debug, Args)]
pub struct Init {
    /// The realm's name, as it will stand in addresses
    name: RealmName,
    /// The folder of all realms
    #[arg(long, default_value = "realm-config")]
    dir: PathBuf,
    /// The realm to begin with: certigna, certinomis or chambersign
    #[arg(long, default_value = "certinomis")]
    preset: Preset,
}

/// `guichet realm secret`
#[derive(Debug, Args)]
pub struct Secret {
    /// Where the master key is said, with --sealed
    #[command(flatten)]
    settings: SettingsFile,
    /// Seal the secret with the master key, for a client that signs with it (`client_secret_jwt`)
    #[arg(long, num_args = 2, value_names = ["REALM", "CLIENT"])]
    sealed: Vec<String>,
    /// The secret and what the file holds of it, as JSON
    #[arg(long)]
    json: bool,
}

/// `guichet realm schema`
#[derive(Debug, Args)]
pub struct Schema {
    /// Which file's
    #[arg(value_enum)]
    file: SchemaOf,
}

/// A kind of realm file.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum SchemaOf {
    /// realm.toml
    Realm,
    /// clients/*.toml
    Client,
    /// terms/*/*.toml
    Terms,
}

impl RealmCommand {
    /// Results go to `out`, what else there is to say to `talk`.
    pub fn run(
        &self,
        wording: &dyn Wording,
        entropy: &dyn Entropy,
        out: &mut dyn Write,
        talk: &mut dyn Write,
    ) -> io::Result<Exit> {
        match self {
            Self::Validate(validate) => validate.run(wording, out),
            Self::Init(init) => init.run(entropy, out, talk),
            Self::Secret(secret) => secret.run(entropy, out, talk),
            Self::Schema(schema) => schema.run(out),
        }
    }
}

impl Validate {
    fn run(&self, wording: &dyn Wording, out: &mut dyn Write) -> io::Result<Exit> {
        let mut findings = Findings::default();
        let mut realms = Vec::new();
        for folder in &self.folders {
            for bundle in realm_files::read(folder, &mut findings.list) {
                let verdict = check(&bundle, wording);
                findings.join(verdict.findings);
                realms.extend(verdict.realm);
            }
        }
        if self.json {
            let clients: serde_json::Value = realms.iter().flat_map(told).collect();
            let mut said = findings.json();
            if let Some(said) = said.as_object_mut() {
                said.insert("clients".to_owned(), clients);
            }
            writeln!(out, "{said:#}")?;
        } else {
            realms.iter().try_for_each(|realm| tell(realm, out))?;
            writeln!(out, "{findings}")?;
        }
        Ok(if findings.errors() == 0 { Exit::Done } else { Exit::Error })
    }
}

/// What its profile and its file make of each client: what is in force, for those who read no defaults.
fn tell(realm: &Realm, out: &mut dyn Write) -> io::Result<()> {
    realm.clients.iter().try_for_each(|client| {
        let (id, profile) = (&client.client_id, client.profile.as_str());
        writeln!(out, "{}/{id} ({profile}): {}", realm.name, client.policies().join(" · "))
    })
}

/// The same for scripts.
fn told(realm: &Realm) -> impl Iterator<Item = serde_json::Value> {
    realm.clients.iter().map(|client| {
        serde_json::json!({
            "realm": realm.name,
            "client_id": client.client_id,
            "profile": client.profile,
            "policies": client.policies(),
        })
    })
}

impl Init {
    fn run(&self, entropy: &dyn Entropy, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let folder = self.dir.join(self.name.as_str());
        let mut bundle = self.preset.bundle(&folder.to_string_lossy());
        let secret = entropy::token(entropy);
        for (path, text) in &mut bundle.files {
            // The schemas' relative address is that of our own source tree.
            if let Some((first, rest)) = text.split_once('\n')
                && first.starts_with("#:schema")
            {
                *text = rest.to_owned();
            }
            if path == PORTAL {
                *text = with_secret(text, &secret.hash());
            }
        }
        match realm_files::write(&bundle) {
            Ok(written) => {
                written.iter().try_for_each(|path| writeln!(out, "{}", path.display()))?;
                writeln!(talk, "The secret of the client `portal`, shown this once: {}", secret.expose())?;
                writeln!(talk, "Next: edit the files, then guichet realm validate {}", folder.display())?;
                Ok(Exit::Done)
            }
            Err(exists @ NotWritten::Exists(_)) => {
                writeln!(talk, "error[{}]: {exists}\n hint: choose another name or --dir", Code::E0632)?;
                Ok(Exit::Refused)
            }
            Err(error @ NotWritten::Io(..)) => {
                writeln!(talk, "error[{}]: {error}", Code::E0105)?;
                Ok(Exit::Error)
            }
        }
    }
}

impl Secret {
    /// SR-146: 256 bits, made here, shown once.
    fn run(&self, entropy: &dyn Entropy, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let secret = entropy::token(entropy);
        let (member, what, kept) = if let [realm, client] = self.sealed.as_slice() {
            match self.seal(realm, client, &secret, entropy) {
                Ok(sealed) => ("sealed", "It, sealed for that client alone", sealed.to_string()),
                Err(reason) => {
                    writeln!(talk, "{reason}")?;
                    return Ok(Exit::Refused);
                }
            }
        } else {
            ("hash", "Its hash", written_hash(&secret.hash()))
        };
        if self.json {
            writeln!(out, "{}", serde_json::json!({ "version": 1, "secret": secret.expose(), member: kept }))?;
        } else {
            writeln!(talk, "The secret, for the application; it is not kept and not shown again:")?;
            writeln!(out, "{}", secret.expose())?;
            writeln!(talk, "{what}, for the client's file; a second one may stand beside it during a change:")?;
            writeln!(out, "secrets = [\"{kept}\"]")?;
        }
        Ok(Exit::Done)
    }

    /// SR-159: for that client of that realm, with the master key of the settings. The database is not asked.
    fn seal(
        &self,
        realm: &str,
        client: &str,
        secret: &secret::Secret<String>,
        entropy: &dyn Entropy,
    ) -> Result<SealedSecret, String> {
        let realm: RealmName = realm.parse().map_err(|error| format!("error: the realm: {error}"))?;
        let settings = self.settings.load().map_err(|findings| findings.to_string())?;
        let master = MasterKey::parse(&settings.master_key).map_err(|fault| format!("error: {fault}"))?;
        let sealer = Sealer::new(&master, &[]);
        let secrets = ClientSecrets::of(&sealer, &realm);
        secrets.seal(&ClientId::new(client), secret, entropy).map_err(|fault| format!("error: {fault}"))
    }
}

impl Schema {
    fn run(&self, out: &mut dyn Write) -> io::Result<Exit> {
        let schema = match self.file {
            SchemaOf::Realm => realm_schema(),
            SchemaOf::Client => client_schema(),
            SchemaOf::Terms => terms_schema(),
        };
        writeln!(out, "{schema:#}")?;
        Ok(Exit::Done)
    }
}
