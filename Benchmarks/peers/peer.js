// Debian's node-jose (the library `jose`) as a peer: `peer.js MATERIAL`; see peer.py for what it reads and prints.
'use strict';
const jose = require('jose');
const readline = require('readline');
const material = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));

async function main() {
  const [ownSigning, ownDecryption, verification, encryption] = await Promise.all(
    [['sign', 'RS256'], ['decrypt', 'RSA-OAEP-256'], ['verify', 'RS256'], ['encrypt', 'RSA-OAEP-256']].map(
      ([use, algorithm]) => jose.importJWK(material[use], algorithm)));
  const decryptOptions = {
    keyManagementAlgorithms: ['RSA-OAEP-256', 'RSA-OAEP'], contentEncryptionAlgorithms: ['A128CBC-HS256', 'A256GCM'],
  };
  const payload = new TextEncoder().encode(material.payload);
  const sign = () => new jose.CompactSign(payload).setProtectedHeader({ alg: 'RS256' }).sign(ownSigning);
  const verify = async (token) => {
    const verified = await jose.compactVerify(token, verification, { algorithms: ['RS256'] });
    return JSON.parse(new TextDecoder().decode(verified.payload));
  };
  const open = async (token) => verify((await jose.compactDecrypt(token, ownDecryption, decryptOptions)).plaintext);
  const operations = {
    sign, verify: () => verify(material.signed), open: () => open(material.nested),
    'open-gcm': () => open(material['nested-gcm']), 'open-oaep': () => open(material['nested-oaep']),
    seal: async () => new jose.CompactEncrypt(new TextEncoder().encode(await sign()))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT' }).encrypt(encryption),
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [name, count] = line.split(' ');
    const start = process.cpuUsage();
    for (let turn = 0; turn < Number(count); turn++) {
      if (!(await operations[name]())) throw new Error(name);
    }
    const used = process.cpuUsage(start);
    console.log(Math.round((used.user + used.system) * 1000 / Number(count)));
  }
}

main();
