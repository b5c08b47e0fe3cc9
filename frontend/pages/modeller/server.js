// What the page asks of the server: JSON under the session, with the token against forged requests.

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `status ${status}`);
    this.status = status;
    this.problem = problem ?? {};
  }
}

/** `NetworkError` of the browser stays what it is: the caller tells it from `Refused`. */
async function answered(response) {
  const json = (response.headers.get("Content-Type") ?? "").includes("json");
  if (response.ok) return json ? response.json() : null;
  throw new Refused(response.status, json ? await response.json() : null);
}

export class Server {
  constructor(place) {
    this.base = place.dataset.base;
    this.token = place.dataset.token;
  }

  async get(address) {
    return answered(await fetch(this.at(address), { credentials: "same-origin", headers: { Accept: "application/json" } }));
  }

  async post(address, value, signal) {
    return answered(
      await fetch(this.at(address), {
        method: "POST",
        credentials: "same-origin",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify(value),
        signal,
      }),
    );
  }

  /** For addresses that read form fields (presence). */
  async send(address, fields) {
    const body = new URLSearchParams({ csrf_token: this.token, ...fields });
    return answered(
      await fetch(this.at(address), { method: "POST", credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }, body }),
    );
  }

  beacon(address, fields) {
    navigator.sendBeacon(this.at(address), new URLSearchParams({ csrf_token: this.token, ...fields }));
  }

  at(address) {
    return address.startsWith("/") ? address : `${this.base}/${address}`;
  }
}
