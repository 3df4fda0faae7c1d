// The script and the data of a teaching page, without a browser: everything up to where the page starts itself.
import { readFileSync } from "node:fs";

export const loadPage = (file, names) => {
  const page = readFileSync(file, "utf8");
  const between = (text, start, end) => text.slice(text.indexOf(start) + start.length, text.lastIndexOf(end));
  const [, data, script] = page.split("<script").map((part) => part.slice(part.indexOf(">") + 1, part.indexOf("</script>")));
  const body = between(script, "(() => {", "startPage();");
  return { data: JSON.parse(data), ...new Function(`${body}\nreturn { ${names} };`)() };
};
