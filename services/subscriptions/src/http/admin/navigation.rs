//! What stands at the top of every admin page.

use crate::use_cases::resume_session::SignedIn;

/// A page that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Dashboard,
    Newsletters,
    Subscribers,
    Imports,
    Users,
    Tokens,
    Password,
}

impl Place {
    const ALL: [Self; 7] = [
        Self::Dashboard,
        Self::Newsletters,
        Self::Subscribers,
        Self::Imports,
        Self::Users,
        Self::Tokens,
        Self::Password,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dashboard => "Dashboard",
            Self::Newsletters => "Newsletters",
            Self::Subscribers => "Subscribers",
            Self::Imports => "Imports",
            Self::Users => "Users",
            Self::Tokens => "Tokens",
            Self::Password => "Password",
        }
    }

    pub(crate) const fn href(self) -> &'static str {
        match self {
            Self::Dashboard => "/admin/dashboard",
            Self::Newsletters => "/admin/newsletters",
            Self::Subscribers => "/admin/subscribers",
            Self::Imports => "/admin/imports",
            Self::Users => "/admin/users",
            Self::Tokens => "/admin/tokens",
            Self::Password => "/admin/password",
        }
    }
}

/// Who is signed in, and which page this is.
#[derive(Debug)]
pub(crate) struct Navigation {
    pub(crate) username: String,
    place: Place,
}

impl Navigation {
    pub(crate) fn new(signed_in: &SignedIn, place: Place) -> Self {
        Self {
            username: signed_in.user.username.to_string(),
            place,
        }
    }

    pub(crate) fn places(&self) -> [Place; 7] {
        Place::ALL
    }

    pub(crate) fn is_at(&self, place: &Place) -> bool {
        self.place == *place
    }
}
