// Time limits as people write them, and as the diagram keeps them (ISO 8601): "2 ngày" <-> P2D, "0,25 ngày" <-> P0.25D.

const UNITS = [
  [/^(?:ngày(?: làm việc| lịch)?|d)$/u, "D"],
  [/^(?:giờ(?: làm việc| hành chính)?|tiếng|h)$/u, "H"],
  [/^(?:phút|p|m)$/u, "M"],
  [/^(?:tuần)$/u, "W"],
];
const HALVES = { "½": "0.5", "¼": "0.25", "¾": "0.75" };
export const EXAMPLE = "Ghi như: 2 ngày; 4 giờ; 0,25 ngày; 1 ngày 4 giờ; không tính";

/** The ISO duration of what was typed, "none" for what is not counted, "" for nothing, null where it cannot be read. */
export function readLimit(text) {
  const words = text.normalize("NFC").trim().toLowerCase().replace(/[½¼¾]/gu, (half) => ` ${HALVES[half]} `).replace(/\s+/gu, " ").trim();
  if (!words) return "";
  if (/^(?:none|không tính(?: thời gian)?|không|-|–)$/u.test(words)) return "none";
  if (words.startsWith("=")) return text.trim();
  if (/^p(?=[\dt])[\d.,dtwhms]+$/u.test(words)) return text.trim().toUpperCase().replace(",", ".");
  if (words === "một buổi" || words === "1 buổi" || words === "buổi" || words === "nửa ngày") return "P0.5D";
  const parts = [...words.matchAll(/(\d+(?:[.,]\d+)?(?:\/\d+)?)\s*([^\d.,/]+)/gu)];
  if (!parts.length || parts.map((part) => part[0]).join("") !== words.replace(/^ /u, "")) return null;
  const found = {};
  for (const [, amount, unit] of parts) {
    const kind = UNITS.find(([pattern]) => pattern.test(unit.trim().replace(/[;,]| và$/gu, "").trim()))?.[1];
    if (!kind || found[kind]) return null;
    found[kind] = number(amount);
    if (!(found[kind] > 0)) return null;
  }
  return written(found);
}

function number(text) {
  const [above, below] = text.replace(",", ".").split("/").map(Number);
  return below === undefined ? above : above / below;
}

function written({ W, D, H, M }) {
  if (W) return D || H || M ? null : `P${plain(W)}W`;
  const time = `${H ? `${plain(H)}H` : ""}${M ? `${plain(M)}M` : ""}`;
  return `P${D ? `${plain(D)}D` : ""}${time ? `T${time}` : ""}`;
}

function plain(value) {
  return String(Math.round(value * 1e6) / 1e6);
}

/** Words for a kept limit; what is no plain duration (an expression, a mistake) stays as it is. */
export function limitWords(iso) {
  if (!iso) return "";
  if (iso === "none") return "không tính";
  const match = /^P(?:([\d.,]+)W)?(?:([\d.,]+)D)?(?:T(?:([\d.,]+)H)?(?:([\d.,]+)M)?)?$/u.exec(iso.trim());
  if (!match || iso === "P") return iso;
  const names = ["tuần", "ngày", "giờ", "phút"];
  return match
    .slice(1)
    .map((amount, index) => (amount ? `${amount.replace(".", ",")} ${names[index]}` : ""))
    .filter(Boolean)
    .join(" ");
}

/** Seconds of working time (a day has eight hours), for sums; null for what has no fixed length here. */
export function limitSeconds(iso) {
  const match = /^P(?:([\d.,]+)D)?(?:T(?:([\d.,]+)H)?(?:([\d.,]+)M)?(?:([\d.,]+)S)?)?$/u.exec((iso ?? "").trim());
  if (!match || iso === "P") return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((amount) => (amount ? Number(amount.replace(",", ".")) : 0));
  return days * 28_800 + hours * 3600 + minutes * 60 + seconds;
}

/** "3,5 ngày làm việc" of seconds of working time. */
export function secondsWords(seconds) {
  const days = Math.round((seconds / 28_800) * 1000) / 1000;
  return `${String(days).replace(".", ",")} ngày làm việc`;
}
