import { hash } from 'node:crypto';

/** Kept between uses; a longer text takes its own and gives it back. */
const KEPT_BYTES = 65_536;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const FIRST_BEYOND_ASCII = 0x80;

/**
 * Puts text together as the bytes that are hashed and stored. A string made of hundreds of parts would be walked
 * through part by part whenever somebody looks into it, and it is looked into several times.
 */
export class Utf8Writer {
  private bytes = Buffer.allocUnsafe(KEPT_BYTES);
  private end = 0;
  private isAscii = true;

  /** Bytes written so far. */
  get length(): number {
    return this.end;
  }

  clear(): void {
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafe(KEPT_BYTES);
    this.end = 0;
    this.isAscii = true;
  }

  /** As it is. Half a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    this.makeRoomFor(text);
    const { bytes } = this;
    let at = this.end;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= FIRST_BEYOND_ASCII) return this.beyondAscii(text);
      bytes[at++] = unit;
    }
    this.end = at;
  }

  /** As a JSON string, the way `JSON.stringify` writes it. */
  quoted(text: string): void {
    this.makeRoomFor(text);
    const { bytes } = this;
    let at = this.end;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const isPlain = unit >= FIRST_PRINTABLE && unit < FIRST_BEYOND_ASCII && unit !== QUOTE && unit !== BACKSLASH;
      if (!isPlain) return this.text(JSON.stringify(text));
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.end = at;
  }

  /** The text between two lengths, which must not part a character. */
  textBetween(start: number, end: number): string {
    return this.bytes.toString(this.isAscii ? 'latin1' : 'utf8', start, end);
  }

  /** SHA-256 (hex) of all that is written. */
  sha256Hex(): string {
    return hash('sha256', this.bytes.subarray(0, this.end), 'hex');
  }

  private beyondAscii(text: string): void {
    this.isAscii = false;
    this.end += this.bytes.write(text, this.end);
  }

  private makeRoomFor(text: string): void {
    const wanted = this.end + text.length * MAX_BYTES_PER_UNIT + 2;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
