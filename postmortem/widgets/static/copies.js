// What a person takes along: a text on the clipboard of this computer, a file among its downloads; nothing goes elsewhere.
// A page that was not opened from this machine may not use the clipboard itself. Then the text is marked where it stands,
// which `marked` tells, and copied the old way; where that is not allowed either it stays marked, to be copied by hand.
async function copied(text, marked) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the old way */ }
  const at = document.activeElement;
  const area = await marked();
  if (!area) return false;
  area.focus();
  area.select();
  let done = false;
  try { done = document.execCommand("copy"); } catch { /* neither */ }
  if (done && at && at.focus) at.focus({ preventScroll: true });
  return done;
}

function saveCopy(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
