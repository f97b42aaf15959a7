//! Compares issuers, letter by letter, where Microsoft's stands with a placeholder for the tenant. It never normalises an address.

/// What stands for a tenant's id in Microsoft's issuer.
const TENANT: &str = "{tenantid}";

/// Whether `issuer` is the expected one, with any tenant where the expected one has the placeholder.
pub(super) fn matches(expected: &str, issuer: &str) -> bool {
    let Some((before, after)) = expected.split_once(TENANT) else { return issuer == expected };
    issuer.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(is_guid)
}

/// The issuer an id_token of this tenant must have. None where one is expected and there is none.
pub(super) fn of_tenant(expected: &str, tenant: Option<&str>) -> Option<String> {
    if !expected.contains(TENANT) {
        return Some(expected.to_owned());
    }
    Some(expected.replace(TENANT, tenant.filter(|tenant| is_guid(tenant))?))
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MICROSOFT: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
    const TID: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    #[test]
    fn only_a_tenant_may_stand_for_a_tenant() {
        let google = "https://accounts.google.com";
        let cases = [
            (google, google, true),
            (google, "https://accounts.google.com/", false),
            (google, "https://accounts.google.com.example.net", false),
            (MICROSOFT, "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", true),
            (MICROSOFT, "https://login.microsoftonline.com/{tenantid}/v2.0", false),
            (MICROSOFT, "https://login.microsoftonline.com/common/v2.0", false),
            (MICROSOFT, "https://login.microsoftonline.com/a/b/v2.0", false),
            (MICROSOFT, "https://login.microsoftonline.com//v2.0", false),
            (MICROSOFT, "https://example.net/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", false),
        ];
        for (expected, issuer, same) in cases {
            assert_eq!(matches(expected, issuer), same, "{issuer}");
        }
    }

    #[test]
    fn a_tenant_is_a_guid() {
        assert_eq!(of_tenant(MICROSOFT, Some(TID)), Some(MICROSOFT.replace(TENANT, TID)));
        for tenant in [None, Some(""), Some("common"), Some("9188040d6c674c5bb11236a304b66dad"), Some("../evil")] {
            assert_eq!(of_tenant(MICROSOFT, tenant), None, "{tenant:?}");
        }
        assert_eq!(of_tenant("https://a", None).as_deref(), Some("https://a"));
    }
}
