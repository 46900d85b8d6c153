// Loaded before a server: its clock is off by the milliseconds that the file says. SIGUSR2 reads the file again.
const { readFileSync } = require('node:fs');

const file = process.env.CHAOS_CLOCK_FILE;
const RealDate = Date;
let offsetMs = read();
process.on('SIGUSR2', () => (offsetMs = read()));

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offsetMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
};

function read() {
  return Number(readFileSync(file, 'utf8'));
}
