// `<button data-confirm="What will happen">` asks first, in a dialog of our own; without this script the form is just sent.
const agreed = new WeakSet();

// In the capturing phase, before htmx or the browser takes the click.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("button[data-confirm]");
    if (!button || button.disabled) return;
    if (agreed.delete(button)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.form && !button.formNoValidate && !button.form.noValidate && !button.form.reportValidity()) return;
    ask(button);
  },
  true,
);

function ask(button) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.innerHTML = `<h2 id="confirm-title"></h2><form method="dialog" class="dialog-buttons">
    <button class="btn btn-primary" value="yes"></button> <button class="btn" value="no" autofocus>Quay lại</button></form>`;
  dialog.querySelector("h2").textContent = button.dataset.confirm;
  dialog.querySelector("[value=yes]").textContent = button.dataset.confirmYes ?? button.textContent.trim();
  dialog.addEventListener("close", () => {
    dialog.remove();
    button.focus();
    if (dialog.returnValue !== "yes") return;
    agreed.add(button);
    button.click();
  });
  document.body.append(dialog);
  dialog.showModal();
}
