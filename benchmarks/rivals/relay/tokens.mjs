// The tokens of a model server, one by one, as they come: what both relays read.

export async function* tokens(mind, content) {
  const answer = await fetch(`${mind}/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "tokens", stream: true, messages: [{ role: "user", content }] }),
  });
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of answer.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ")) continue;
      const data = line.slice(6);
      if (data === "[DONE]") return;
      yield JSON.parse(data).choices[0].delta.content;
    }
  }
}

// The messages of one reply, with the fields that ours have.
export async function reply(mind, content, say) {
  const streamId = `stream-${Math.random().toString(16).slice(2)}`;
  let seq = 0;
  say("ar-stream-start", { streamId, seq: ++seq, startedAt: new Date().toISOString() });
  let chunkIndex = 0;
  for await (const chunk of tokens(mind, content)) {
    const timestamp = new Date().toISOString();
    say("ar-stream-chunk", { streamId, seq: ++seq, chunk, chunkIndex: chunkIndex++, timestamp });
  }
  const endedAt = new Date().toISOString();
  say("ar-stream-end", { streamId, seq: ++seq, totalChunks: chunkIndex, endedAt });
}
