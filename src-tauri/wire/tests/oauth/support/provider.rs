//! An identity provider on 127.0.0.1 that keeps to the standards (codes once, S256, rotation), until a test tells it not to.

use super::NOW;
use super::keys::{Keys, Signing, challenge};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use epistle_wire::Base;
use epistle_wire::oauth::{Endpoints, Revocation, UserInfo};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

/// An answer as a test scripts it.
pub struct Scripted {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Scripted {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub form: HashMap<String, String>,
    pub body: String,
}

struct Grant {
    challenge: String,
    redirect: String,
    nonce: Option<String>,
}

/// What the provider knows and how it behaves.
pub struct World {
    /// Answers to give first, by path.
    pub scripts: HashMap<&'static str, VecDeque<Scripted>>,
    /// Every request, in order.
    pub asked: Vec<Asked>,
    /// Claims to put over the true ones.
    pub claims: Value,
    /// How id_tokens are signed.
    pub signing: Signing,
    /// What its keys' names begin with; another one is a rotation.
    pub keys_named: &'static str,
    /// Whether it compares the verifier.
    pub keeps_pkce: bool,
    codes: HashMap<String, Grant>,
    refresh: HashSet<String>,
    count: u32,
}

/// The provider.
pub struct Provider {
    pub address: String,
    world: Arc<Shared>,
}

struct Shared {
    keys: Keys,
    world: Mutex<World>,
    address: String,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let world = World {
            scripts: HashMap::new(),
            asked: Vec::new(),
            claims: json!({}),
            signing: Signing::Rs256,
            keys_named: "first",
            keeps_pkce: true,
            codes: HashMap::new(),
            refresh: HashSet::new(),
            count: 0,
        };
        let world = Arc::new(Shared { keys: Keys::load(), world: Mutex::new(world), address: address.clone() });
        let app = Router::new().fallback(serve).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, world }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.world.lock().unwrap()
    }

    pub fn at(&self, path: &str) -> Base {
        Base::parse(&format!("{}{path}", self.address)).unwrap()
    }

    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            issuer: Some(self.address.clone()),
            authorization: self.at("/authorize"),
            token: self.at("/token"),
            jwks: Some(self.at("/keys")),
            userinfo: UserInfo::Oidc(self.at("/userinfo")),
            device: Some(self.at("/device")),
            revocation: Some(Revocation::Rfc7009(self.at("/revoke"))),
        }
    }

    /// Answers the next request for a path with this.
    pub fn script(&self, path: &'static str, answer: Scripted) {
        self.world().scripts.entry(path).or_default().push_back(answer);
    }

    /// The requests for a path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.world().asked.iter().filter(|asked| asked.path == path).cloned().collect()
    }

    /// The person signs in and agrees: a code bound to what the address asked for.
    pub fn agree(&self, url: &Url) -> String {
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((query["response_type"].as_str(), query["code_challenge_method"].as_str()), ("code", "S256"));
        let mut world = self.world();
        world.count += 1;
        let code = format!("code-{}", world.count);
        let grant = Grant {
            challenge: query["code_challenge"].clone(),
            redirect: query["redirect_uri"].clone(),
            nonce: query.get("nonce").cloned(),
        };
        world.codes.insert(code.clone(), grant);
        code
    }

    /// The address their browser is sent to then.
    pub fn back(&self, url: &Url) -> String {
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let mut back = Url::parse(&query["redirect_uri"]).unwrap();
        back.query_pairs_mut()
            .append_pair("state", &query["state"])
            .append_pair("code", &self.agree(url))
            .append_pair("scope", "openid email")
            .append_pair("authuser", "0")
            .append_pair("iss", &self.address);
        back.into()
    }

    /// An id_token for a nonce, signed as the world has it.
    pub fn id_token(&self, nonce: Option<&str>) -> String {
        self.world.id_token(&self.world(), nonce)
    }
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        headers: headers.collect(),
        form: form_urlencoded::parse(&body).into_owned().collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let answer = shared.answer(&asked);
    shared.world.lock().unwrap().asked.push(asked);
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.body.into()).unwrap()
}

impl Shared {
    fn answer(&self, asked: &Asked) -> Scripted {
        let mut world = self.world.lock().unwrap();
        if let Some(scripted) = world.scripts.get_mut(asked.path.as_str()).and_then(VecDeque::pop_front) {
            return scripted;
        }
        match asked.path.as_str() {
            "/keys" => Scripted::json(200, &self.keys.public(world.keys_named)),
            "/token" => self.token(&mut world, &asked.form).unwrap_or_else(|refused| refused),
            "/revoke" => Scripted::json(200, &json!({})),
            _ => Scripted::json(404, &json!({"message": "Not Found"})),
        }
    }

    fn token(&self, world: &mut World, form: &HashMap<String, String>) -> Result<Scripted, Scripted> {
        let refuse = |status, error| Scripted::json(status, &json!({"error": error, "error_description": "no"}));
        if form["client_id"] != "epistle" || form.get("client_secret").is_some_and(|secret| secret != "hush") {
            return Err(refuse(401, "invalid_client"));
        }
        let nonce = match form["grant_type"].as_str() {
            "authorization_code" => {
                let grant = world.codes.remove(&form["code"]).ok_or_else(|| refuse(400, "invalid_grant"))?;
                let bound = grant.redirect == form["redirect_uri"]
                    && (!world.keeps_pkce || challenge(&form["code_verifier"]) == grant.challenge);
                if !bound {
                    return Err(refuse(400, "invalid_grant"));
                }
                grant.nonce
            }
            "refresh_token" if world.refresh.remove(&form["refresh_token"]) => None,
            "refresh_token" => return Err(refuse(400, "invalid_grant")),
            _ => return Err(refuse(400, "unsupported_grant_type")),
        };
        world.count += 1;
        let (access, refresh) = (format!("access-{}", world.count), format!("refresh-{}", world.count));
        world.refresh.insert(refresh.clone());
        Ok(Scripted::json(
            200,
            &json!({"access_token": access, "token_type": "Bearer", "expires_in": 3599, "refresh_token": refresh,
                "scope": "openid email", "id_token": self.id_token(world, nonce.as_deref())}),
        ))
    }

    fn id_token(&self, world: &World, nonce: Option<&str>) -> String {
        let mut claims = json!({"iss": self.address, "sub": "42", "aud": "epistle", "exp": NOW + 3600, "iat": NOW,
            "nonce": nonce, "email": "ada@example.com", "email_verified": true, "name": "Ada"});
        for (name, value) in world.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.keys.sign(world.signing, world.keys_named, &claims)
    }
}
