/** Chat in Japanese and German, as JSON: text that is mostly outside ASCII, or has long words. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH } from "./vocabulary.ts";

const JAPANESE_TOPICS = [
  "明日の会議",
  "新しい画面",
  "この資料",
  "データベース",
  "来週の出張",
  "昼ごはん",
  "テストの結果",
  "本番環境",
  "お客様からの質問",
  "次のリリース",
];
const JAPANESE_ENDINGS = [
  "は大丈夫ですか？",
  "を確認しました。",
  "について相談したいです。",
  "がまだ動きません。",
  "はもう終わりました！",
  "をあとで送りますね。",
  "をお願いします。",
  "は少し遅れそうです。",
];
const JAPANESE_ASIDES = [
  "了解です。",
  "ありがとうございます！",
  "すみません、",
  "たぶん、",
  "今日中に",
  "なるほど〜",
  "ちなみに、",
  "😊",
  "🙏",
];
const JAPANESE_NAMES = ["田中 美咲", "佐藤 健", "鈴木 陽子", "高橋 翔太", "渡辺 直樹"];

const GERMAN_SUBJECTS = [
  "Die Besprechung",
  "Der Änderungsvorschlag",
  "Das Prüfergebnis",
  "Die Übersicht",
  "Der Geschäftsführer",
  "Die Rückmeldung",
  "Das Gerät",
  "Die Datenschutzerklärung",
];
const GERMAN_VERBS = [
  "läuft",
  "fehlt noch",
  "müsste geändert werden",
  "gefällt mir",
  "kommt später",
  "wäre möglich",
  "hängt",
  "ist für morgen geplant",
];
const GERMAN_ASIDES = [
  "Schöne Grüße!",
  "Könntest du das überprüfen?",
  "Ich weiß es nicht.",
  "Natürlich, gern.",
  "Bis später 👋",
  "Größtenteils erledigt.",
  "Außerdem übernehme ich den Rest.",
];
const GERMAN_NAMES = ["Jürgen Weiß", "Käthe Bäcker", "Björn Köhler", "Zoë Schröder", "Günther Groß"];

export const internationalChat: CorpusKind = {
  name: "international-chat",
  title: "chat in Japanese and German, JSON",
  heldOut: false,
  start(random) {
    const rooms = [
      { room: "開発", names: JAPANESE_NAMES, say: japanese, lang: "ja" },
      { room: "Büro München", names: GERMAN_NAMES, say: german, lang: "de" },
    ];
    let now = EPOCH;
    return () => {
      now += random.between(500, 60_000);
      const { room, names, say, lang } = random.pick(rooms);
      const author = { name: random.skewed(names), lang };
      return JSON.stringify({ id: random.between(1e9, 9e9), room, author, body: say(random), sent: now });
    };
  },
};

function japanese(random: Random): string {
  const parts = Array.from({ length: random.between(1, 3) }, () => {
    const aside = random.chance(0.5) ? random.pick(JAPANESE_ASIDES) : "";
    return `${aside}${random.pick(JAPANESE_TOPICS)}${random.pick(JAPANESE_ENDINGS)}`;
  });
  return parts.join("");
}

function german(random: Random): string {
  const parts = Array.from({ length: random.between(1, 3) }, () => {
    const statement = `${random.pick(GERMAN_SUBJECTS)} ${random.pick(GERMAN_VERBS)}.`;
    return random.chance(0.4) ? `${statement} ${random.pick(GERMAN_ASIDES)}` : statement;
  });
  return parts.join(" ");
}
