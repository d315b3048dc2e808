// The demo page: copies the snippet, logs in and out.
const base = document.documentElement.dataset.base;
const byId = (id) => document.getElementById(id);
const form = byId("login-form");

byId("copy").onclick = async () => {
  try {
    await navigator.clipboard.writeText(byId("snippet").textContent);
    byId("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(byId("snippet"));
    byId("copied").textContent = "The browser does not allow this page to copy; the line is selected.";
  }
};

async function session() {
  const response = await fetch(`${base}/auth/session/`);
  return response.json();
}

async function post(path, body) {
  const { csrf_token } = await session();
  const response = await fetch(`${base}/auth/${path}/`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrftoken": csrf_token },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(answer.error);
}

// The chat begins anew with the page, as whoever is logged in then.
async function change(action) {
  try {
    await action();
    location.reload();
  } catch (error) {
    byId("login-result").textContent = error.message;
  }
}

form.onsubmit = (event) => {
  event.preventDefault();
  void change(() => post("login", Object.fromEntries(new FormData(form))));
};

byId("logout").onclick = () => void change(() => post("logout", {}));

const { user } = await session();
if (user) {
  byId("who").textContent = user.display_name || user.username;
  form.hidden = true;
  byId("logout").hidden = false;
}
