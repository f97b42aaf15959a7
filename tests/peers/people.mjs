// Who lives at every provider of the tests. Nobody comes first: emulate takes a token it does not know for its first seeded user's,
// so a mistake of ours shows as “Nobody” and never as somebody a test expects.
export const people = [
  { email: 'nobody@invalid', login: 'nobody', name: 'Nobody', sub: '100' },
  { email: 'ada@example.com', login: 'ada', name: 'Ada Lovelace', sub: '101' },
  { email: 'grace@example.com', login: 'grace', name: 'Grace Hopper', sub: '102' },
  { email: 'mary@example.com', login: 'mary', name: 'Mary Somerville', sub: '103' },
];

// Says where a peer is, in one line of JSON, and ends the process when whoever started it is gone: its end of our input closes.
// Each line that comes in meanwhile goes to `order`, and what that gives goes out as a line.
export async function serve(endpoints, order = () => null) {
  const { createInterface } = await import('node:readline');
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', async (line) => say(await order(JSON.parse(line))));
  lines.on('close', () => process.exit(0));
  say(endpoints);
}

// A port of 127.0.0.1 that nobody listens on now.
export async function freePort() {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
