/**
 * What Redis does as one step, in Lua.
 *
 * A history is a hash, its head (`epoch`, `offset`, `time`, `server`), and a stream whose entries have the ids `time-offset`. It
 * begins anew, with another epoch, if its head is gone or was written by a server with another replication id: a replica that
 * took over, or a server that was started again, may lack the latest offsets and would give them a second time.
 */

import { createHash } from "node:crypto";

export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Without the right to ask, a user of Redis gives up noticing that a replica took over. */
const NOW = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

/** KEYS: head, log. ARGV: an epoch never used before, milliseconds that the head is kept. */
const HISTORY = `${NOW}
local head, log = KEYS[1], KEYS[2]
local info = redis.pcall('INFO', 'replication')
local server = type(info) == 'string' and info:match('master_replid:(%w+)') or ''
local known = redis.call('HMGET', head, 'epoch', 'offset', 'time', 'server')
local epoch, offset, time = known[1], tonumber(known[2]), tonumber(known[3])
if not epoch or known[4] ~= server then
  epoch, offset, time = ARGV[1], 0, 0
  redis.call('DEL', log)
  redis.call('HSET', head, 'epoch', epoch, 'offset', 0, 'time', 0, 'server', server)
end
redis.call('PEXPIRE', head, ARGV[2])
local function forget(age) redis.call('XTRIM', log, 'MINID', text(math.max(now - age, 0) + 1)) end
`;

/**
 * KEYS: head, log, and that of the idempotency key if there is one. ARGV further: PUBLISH or SPUBLISH, the channel, the envelope
 * up to the brace that closes its header, what follows the brace, maxCount, maxAge, milliseconds that the idempotency key is
 * kept. Answers epoch, offset, and whether it was there before.
 */
export const PUBLISH: Script = script(`${HISTORY}
local command, channel, first, rest = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local count, age = tonumber(ARGV[7]), tonumber(ARGV[8])
if KEYS[3] then
  local place = redis.call('HMGET', KEYS[3], 'epoch', 'offset')
  if place[1] then return { place[1], tonumber(place[2]), 1 } end
end
offset = offset + 1
if now > time then time = now end
local wire = first .. ',"epoch":"' .. epoch .. '","offset":' .. text(offset) .. '}' .. rest
redis.call('XADD', log, 'MAXLEN', count, text(time) .. '-' .. text(offset), 'publication', wire)
redis.call('HSET', head, 'offset', text(offset), 'time', text(time))
forget(age)
redis.call('PEXPIRE', log, age)
if KEYS[3] then
  redis.call('HSET', KEYS[3], 'epoch', epoch, 'offset', text(offset))
  redis.call('PEXPIRE', KEYS[3], ARGV[9])
end
redis.call(command, channel, wire)
return { epoch, offset, 0 }
`);

/**
 * KEYS: head, log. ARGV further: maxAge, how many of the latest or -1, the epoch and the offset that are known already. Answers
 * epoch, offset, whether nothing is missing, and publications, the latest first.
 */
export const READ: Script = script(`${HISTORY}
forget(tonumber(ARGV[3]))
local size, wanted, complete = redis.call('XLEN', log), tonumber(ARGV[4]), 1
if wanted < 0 then
  wanted = offset - tonumber(ARGV[6])
  if ARGV[5] ~= epoch or wanted < 0 or wanted > size then wanted, complete = 0, 0 end
end
local publications = {}
if wanted > 0 then
  for _, entry in ipairs(redis.call('XREVRANGE', log, '+', '-', 'COUNT', wanted)) do
    publications[#publications + 1] = entry[2][2]
  end
end
return { epoch, offset, complete, publications }
`);

/** KEYS: until, members. */
const PRESENCE = `${NOW}
local till, members = KEYS[1], KEYS[2]
`;

/** ARGV: milliseconds, then id and data of each member. */
export const KEEP: Script = script(`${PRESENCE}
local ttl = tonumber(ARGV[1])
for i = 2, #ARGV, 2 do
  redis.call('ZADD', till, text(now + ttl), ARGV[i])
  redis.call('HSET', members, ARGV[i], ARGV[i + 1])
end
if redis.call('PTTL', till) < ttl then
  redis.call('PEXPIRE', till, ttl)
  redis.call('PEXPIRE', members, ttl)
end
`);

/** ARGV: ids. */
export const REMOVE: Script = script(`
for _, id in ipairs(ARGV) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
`);

/** Answers id and data of each member. */
export const LIST: Script = script(`${PRESENCE}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', till, '-inf', text(now))) do
  redis.call('ZREM', till, id)
  redis.call('HDEL', members, id)
end
return redis.call('HGETALL', members)
`);

export const COUNT: Script = script(`${PRESENCE}
return redis.call('ZCOUNT', till, '(' .. text(now), '+inf')
`);

function script(source: string): Script {
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}
