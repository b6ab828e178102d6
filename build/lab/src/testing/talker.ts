import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

/** Says each line of its input to everybody on the network (multicast, so no ARP is in the way) and prints what it hears. */
const group = '239.255.42.1'
const port = 4242

const socket = createSocket({ type: 'udp4', reuseAddr: true })
socket.on('message', (message) => console.log(`heard ${message.toString()}`))
socket.bind(port, () => {
  socket.addMembership(group)
  socket.setMulticastLoopback(false)
  console.log('ready')
})
createInterface({ input: process.stdin }).on('line', (line) => {
  socket.send(line, port, group, (error) => console.log(error === null ? `said ${line}` : `failed ${error.message}`))
})
