import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { smallMap } from './mrc-bytes.ts'

/** A stand-in for the archive on a loopback address: EMD-1234 is a small map, EMD-9999 breaks off, others do not exist. */
export async function startFakeEmdb(): Promise<{ readonly addresses: { readonly files: string; readonly entries: string }; readonly close: () => Promise<void> }> {
  const map = gzipSync(smallMap(16))
  const server = createServer((request, response) => {
    if (request.url === '/structures/EMD-1234/map/emd_1234.map.gz') {
      response.writeHead(200, { 'content-length': map.length }).end(map)
    } else if (request.url === '/structures/EMD-9999/map/emd_9999.map.gz') {
      response.writeHead(200, { 'content-length': map.length }).write(map.subarray(0, 100))
      setTimeout(() => response.destroy(), 20)
    } else if (request.url === '/entry/map/EMD-1234') {
      // The shape of https://www.ebi.ac.uk/emdb/api/entry/map/…, as far as it is read.
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ map: { contour_list: { contour: [{ primary: false, level: 9 }, { primary: true, level: 0.25, source: 'AUTHOR' }] } } }))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    addresses: { files: `${base}/structures`, entries: `${base}/entry/map` },
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
