/**
 * Reads the YAML that openapi.yaml is written in: mappings and lists by indentation, plain, quoted and block text, lists in brackets,
 * anchors and aliases. Anything else is an error.
 */
export function parseYaml(text) {
  const lines = text.split('\n').map((raw, number) => ({ number: number + 1, indent: raw.search(/\S|$/), text: raw.trim(), raw }));
  const anchors = {};
  let at = 0;

  const skip = () => {
    while (at < lines.length && (lines[at].text === '' || lines[at].text.startsWith('#'))) at++;
  };
  const fail = () => {
    throw new Error('openapi.yaml, line ' + (lines[at] || lines[lines.length - 1]).number + ': not understood');
  };

  function block(indent) {
    skip();
    if (at >= lines.length || lines[at].indent < indent) return null;
    return lines[at].text.startsWith('- ') ? list(lines[at].indent) : mapping(lines[at].indent);
  }

  function list(indent) {
    const values = [];
    for (skip(); at < lines.length && lines[at].indent === indent && lines[at].text.startsWith('- '); skip()) {
      const rest = lines[at].text.slice(2).trim();
      if (/^("[^"]*"|'[^']*'|[^\s"'[{][^:]*):( |$)/.test(rest)) {
        lines[at] = { ...lines[at], indent: indent + 2, text: rest }; // a mapping that begins on the line of its dash
        values.push(mapping(indent + 2));
      } else {
        at++;
        values.push(scalar(rest, indent));
      }
    }
    return values;
  }

  function mapping(indent) {
    const values = {};
    for (skip(); at < lines.length && lines[at].indent === indent && !lines[at].text.startsWith('- '); skip()) {
      const match = /^(?:"([^"]*)"|'([^']*)'|([^\s"'][^:]*?)):(?:\s+(.*))?$/.exec(lines[at].text);
      if (!match) fail();
      at++;
      values[match[1] ?? match[2] ?? match[3]] = scalar(match[4] || '', indent);
    }
    if (at < lines.length && lines[at].indent > indent) fail();
    return values;
  }

  function scalar(text, indent) {
    const anchor = /^&(\w+)\s*(.*)$/.exec(text);
    if (anchor) return (anchors[anchor[1]] = scalar(anchor[2], indent));
    if (text.startsWith('*') && /^\*\w+$/.test(text)) return anchors[text.slice(1)] ?? fail();
    if (text === '|') return blockText(indent);
    if (text === '') {
      skip();
      if (at < lines.length && lines[at].indent > indent && lines[at].text.startsWith('[')) return scalar(lines[at++].text, indent);
      return block(lines[at] && lines[at].text.startsWith('- ') ? indent : indent + 1);
    }
    if (text.startsWith('[')) {
      while (!text.endsWith(']')) text += ' ' + lines[at++].text;
      return text.slice(1, -1).split(',').map(each => each.trim()).filter(Boolean).map(plain);
    }
    return plain(text);
  }

  function blockText(indent) {
    const kept = [];
    while (at < lines.length && (lines[at].text === '' || lines[at].indent > indent)) kept.push(lines[at++]);
    const margin = Math.min(...kept.filter(line => line.text).map(line => line.indent));
    return kept.map(line => line.raw.slice(margin)).join('\n').trim();
  }

  const document = block(0);
  skip();
  if (at < lines.length) fail();
  return document;
}

function plain(text) {
  if (text.startsWith('"')) return JSON.parse(text);
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
