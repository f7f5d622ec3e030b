/** Numbers as people read them. */

const KIB = 1_024;
const GIB = 1_073_741_824;

/** `29.3 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference: `+5 %`, `-40 %`, `=` for what it is compared with. */
export function difference(share: number): string {
  const rounded = Math.round(share * 100);
  if (share === 0) return "=";
  return `${rounded < 0 ? "-" : "+"}${Math.abs(rounded)} %`;
}

/** Three digits: `9.41`, `28.4`, `1,230`. */
export function figure(value: number): string {
  const size = Math.abs(value);
  return size >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(size >= 10 ? 1 : 2);
}

/** A count to three digits: `35,200`. */
export function roughly(value: number | null): string {
  if (value === null) return "-";
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return (Math.round(value / unit) * unit).toLocaleString("en-US");
}

/** `136.4`, in KiB. */
export function kib(bytes: number): string {
  return (bytes / KIB).toFixed(1);
}

/** `0.21`, in GiB. */
export function gib(bytes: number): string {
  return (bytes / GIB).toFixed(2);
}

/** Bits a second, `4.2 Mbit/s`. */
export function bitRate(bits: number): string {
  return bits >= 1e9 ? `${(bits / 1e9).toFixed(1)} Gbit/s` : `${(bits / 1e6).toFixed(1)} Mbit/s`;
}

/** Bytes of a message or a corpus: `429 bytes`, `12.3 KiB`. */
export function byteSize(bytes: number): string {
  if (bytes < 10 * KIB) return `${Math.round(bytes).toLocaleString("en-US")} bytes`;
  return bytes < 10 * KIB * KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}
