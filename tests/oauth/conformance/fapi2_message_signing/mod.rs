//! `fapi2-message-signing-final-test-plan` (`plain_fapi`, `openid_connect`, `signed_non_repudiation`, `jarm`): a test for
//! each of its 70 modules, named after it, `fapi2-security-profile-final-` left out, for so the suite names them here too.
//!
//! Its clients sign what they push, and get signed answers. 56 modules are those of the security profile, told again in
//! that way; 14 are about what is signed, and stand in [`objects`].

mod objects;

use super::fapi2_security::{
    assertions, claims, codes, discovery, flows, modules, negative, proofs, pushed, refresh, requests,
};

modules! { MessageSigning:
    discovery { discovery_end_point_verification }
    flows {
        happy_flow
        user_rejects_authentication
        ensure_other_scope_order_succeeds
        access_token_type_header_case_sensitivity
        par_without_duplicate_parameters
    }
    claims { test_claims_parameter_identity_claims }
    objects {
        ensure_request_object_with_multiple_aud_succeeds
        ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted
        ensure_request_object_without_exp_fails
        ensure_request_object_without_nbf_fails
        ensure_expired_request_object_fails
        ensure_request_object_with_bad_aud_fails
        ensure_request_object_with_exp_over_60_fails
        ensure_request_object_with_nbf_over_60_fails
        ensure_signed_request_object_with_rs256_fails
        ensure_request_object_signature_algorithm_is_not_none
        ensure_request_object_with_invalid_signature_fails
        ensure_matching_key_in_authorization_request
        ensure_unsigned_request_at_par_endpoint_fails
        par_authorization_request_containing_request_uri
    }
    requests {
        ensure_authorization_request_without_state_success
        ensure_authorization_request_without_nonce_success
        ensure_authorization_request_with_64_char_nonce_success
        ensure_authorization_request_with_long_nonce
        ensure_authorization_request_with_long_state
        ensure_different_nonce_inside_and_outside_request_object
        ensure_different_state_inside_and_outside_request_object
        state_only_outside_request_object_not_used
        ensure_request_object_without_redirect_uri_fails
        ensure_redirect_uri_in_authorization_request
        plain_fapi_tolerate_unregistered_redirect_uri
        ensure_unsigned_authorization_request_without_using_par_fails
        ensure_response_type_code_idtoken_fails
        ensure_response_type_token_fails
        par_ensure_pkce_required
        par_plain_pkce_rejected
    }
    pushed {
        par_ensure_reused_request_uri_prior_to_auth_completion_succeeds
        par_attempt_reuse_request_uri
        par_attempt_to_use_expired_request_uri
        par_attempt_to_use_request_uri_for_different_client
        par_authorization_request_containing_request_uri_form_param
        par_attempt_invalid_http_method
    }
    codes {
        ensure_client_id_in_token_endpoint
        ensure_holder_of_key_required
        ensure_authorization_code_is_bound_to_client
        attempt_reuse_authorization_code_after_one_second
        ensure_token_endpoint_fails_with_expired_auth_code
        ensure_pkce_code_verifier_required
        incorrect_pkce_code_verifier_rejected
    }
    assertions {
        ensure_signed_client_assertion_with_rs256_fails
        ensure_client_assertion_in_token_endpoint
        ensure_client_assertion_with_exp_is_5_minutes_in_past_fails
        ensure_client_assertion_with_wrong_aud_fails
        ensure_client_assertion_with_no_sub_fails
        par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted
        par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails
        par_test_array_as_audience_fails
        par_test_par_endpoint_url_as_audience_fails
        par_test_token_endpoint_url_as_audience_fails
    }
    proofs {
        check_dpop_proof_nbf_exp
        ensure_dpopproof_with_iat_10seconds_before_succeeds
        ensure_dpopproof_with_iat_10seconds_after_succeeds
        ensure_mismatched_dpop_jkt_fails
        ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt
        ensure_token_endpoint_fails_with_mismatched_dpop_jkt
        ensure_dpopproof_at_par_endpoint_binding_success
        ensure_dpop_auth_code_binding_success
    }
    negative { dpop_negative_tests }
    refresh { refresh_token }
}
