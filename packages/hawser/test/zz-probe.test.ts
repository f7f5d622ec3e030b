import { test } from "vitest";
import { serve } from "hawser";
const h = async () => {};
const bad: any[] = [
 {port:-1},{port:1.5},{port:"80"},{port:null},{host:5},{host:""},{path:5},{path:""},{path:"/tmp/x/z.sock",mode:"rw"},{mode:0o600},{path:"/tmp/x/z2.sock",mode:-1},{fd:-1},{fd:Infinity},{fd:"3"},{server:{}},{server:5},{pathname:"/a"},
 {reusePort:"yes"},{reusePort:true},{backlog:0},{backlog:"x"},{tls:5},{tls:"x"},{tls:null},{origins:"https://a"},{origins:["x"]},{subprotocols:"a"},{subprotocols:["a","a"]},{subprotocols:[""]},{selectSubprotocol:5},{compression:"gzip"},{compression:true},{compression:null},{compression:{level:99}},{compression:{foo:1}},
 {extensions:5},{extensions:[5]},{extensions:[{}]},{processRequest:5},{processResponse:"x"},{serverHeader:5},{serverHeader:"a\r\nb: c"},{serverHeader:""},{openTimeout:0},{openTimeout:"x"},{openTimeout:1e12},{pingInterval:0},{pingInterval:"1"},{pingTimeout:-1},{closeTimeout:0},{maxSize:0},{maxSize:1.5},{maxFragmentSize:-1},{maxFragments:0},{maxQueue:0},{maxQueue:{high:4,low:4}},{maxQueue:{}},{maxQueue:null},{readLimit:0},{writeLimit:"x"},{slowConsumer:5},{slowConsumer:null},{slowConsumer:{maxBuffered:0}},{slowConsumer:{stall:0}},{slowConsumer:{policy:"drop"}},{slowConsumer:{max:1}},{maxConnections:0},{maxConnections:null},{maxConnectionsPerAddress:"x"},{trustProxy:"x"},{trustProxy:-1},{trustProxy:null},{proxyProtocol:"on"},{maxLineLength:0},{maxHeaders:0},{maxHeaderSize:0},{transport:"x"},{transport:"handle"},{signal:5},{signal:{}},{logger:{}},{logger:null},{pingintervall:1},{maxpayload:1},{port:1,path:"x"},
 5, "x", null,
];
test("x", async () => {
  for (const o of bad) { let r; try { const s = await serve(h, o); r = "NO ERROR"; await s.close(); } catch (e: any) { r = `${e.name}: ${e.message}`; }
   console.log(JSON.stringify(o, (k,v)=>v===Infinity?"Inf":v), "=>", r.slice(0,220)); }
});
