/** Puts a text on the clipboard. Over plain HTTP the browser's own interface is not there; selecting and copying is. */
export async function copyText(text: string): Promise<void> {
  // Missing outside of secure contexts, whatever the types say.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined) return clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
