-- What HAProxy has no sample for: the certificates that a client shows with its own, as RFC 9440 §2.3 lists them.
-- HAProxy gives them in DER, one behind the other; each says its length in its first octets (X.690 §8.1.3).

local function length(der, at)
    local first = der:byte(at + 1)
    if first < 0x80 then return 2 + first end
    local octets, content = first - 0x80, 0
    for place = at + 2, at + 1 + octets do content = content * 256 + der:byte(place) end
    return 2 + octets + content
end

core.register_fetches("client_cert_chain", function(txn)
    local der, at, members = txn.f:ssl_c_chain_der() or "", 1, {}
    while at < #der do
        local next = at + length(der, at)
        members[#members + 1] = ":" .. txn.c:base64(der:sub(at, next - 1)) .. ":"
        at = next
    end
    return table.concat(members, ", ")
end)
