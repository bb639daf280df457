// What nginx has no variable for: the certificate of a client as RFC 9440 §2.1 writes it, base64 between colons.
// nginx.conf takes it from /etc/nginx; empty without a certificate, and then the header is not sent at all.

function byte_sequence(request) {
    const pem = request.variables.ssl_client_raw_cert;
    return pem ? ':' + pem.replace(/-----[A-Z ]+-----|\s/g, '') + ':' : '';
}

export default { byte_sequence };
