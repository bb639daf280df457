//! Where addresses of applications may lead: never everywhere (SR-169, SR-214).

use std::path::PathBuf;

use ipnet::IpNet;

use super::check::{Check, Checked, all, is_of_one_operator};
use super::said;
use crate::code::Code;
use crate::outbound::OutboundSettings;

pub(super) fn check(check: &mut Check<'_>, said: said::Outbound) -> Checked<OutboundSettings> {
    let networks = all(said.networks.iter().map(|text| network(check, text)));
    let ports = all(said.ports.iter().map(|port| usable(check, *port)));
    Ok(OutboundSettings { networks: networks?, ports: ports?, ca: readable(check, said.ca)? })
}

/// A network that is opened. One so wide that it is nobody's own would open this machine and its neighbours.
fn network(check: &mut Check<'_>, text: &str) -> Checked<IpNet> {
    let network = check.parsed_network("outbound.networks", text)?;
    if !is_of_one_operator(&network) {
        let what = format!("`{network}` would let any application send this process into your own networks");
        let hint = "list the networks in which applications publish their keys; the public internet needs no line";
        return check.refuse(Code::E0618, "outbound.networks", &what, hint);
    }
    Ok(network)
}

fn usable(check: &mut Check<'_>, port: u16) -> Checked<u16> {
    if port == 0 {
        return check.refuse(Code::E0618, "outbound.ports", "0 is no port", "write ports such as 8443");
    }
    Ok(port)
}

/// Read here once, so that a wrong path is found with the other mistakes.
fn readable(check: &mut Check<'_>, file: Option<PathBuf>) -> Checked<Option<PathBuf>> {
    let Some(file) = file else { return Ok(None) };
    match std::fs::metadata(&file) {
        Ok(found) if found.is_file() => Ok(Some(file)),
        _ => {
            let what = format!("`outbound.ca` names no file: {}", file.display());
            check.refuse(Code::E0618, "outbound.ca", &what, "name a file of certificates in PEM")
        }
    }
}
