// On a telephone the menu is a strip: the line of the page that is shown is brought into sight.
const current = document.querySelector(".sidebar [aria-current]");
const strip = current?.closest(".sidebar");
if (strip && strip.scrollWidth > strip.clientWidth) {
  strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}
