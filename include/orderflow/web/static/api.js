// Questions to our own routes and to Airflow's public API. Both are relative to this page: Airflow may live below a path.

const PATIENCE = 15_000;

export class ApiError extends Error {
  // `fields`: which parts of the question were refused.
  constructor(status, detail, fields = []) {
    super(detail);
    this.status = status;
    this.fields = fields;
  }
}

async function fetched(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    throw error instanceof TypeError ? new ApiError(0, error.message) : error; // what fetch says of a server that is away
  }
}

async function answerOf(response) {
  if (response.ok) return response.json();
  let detail = response.statusText || String(response.status);
  let fields = [];
  try {
    const body = await response.json();
    if (typeof body.detail === "string") detail = body.detail;
    else if (Array.isArray(body.detail)) {
      fields = body.detail.map((mistake) => mistake.loc?.at(-1));
      detail = body.detail.map((mistake) => mistake.msg).join("; ");
    }
  } catch {
    // not JSON: a proxy's page, for instance
  }
  throw new ApiError(response.status, detail, fields);
}

export function withQuery(path, query) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

function patient(signal) {
  const patience = AbortSignal.timeout(PATIENCE);
  return signal ? AbortSignal.any([signal, patience]) : patience;
}

// TimeoutError from a server that does not answer.
export async function ask(path, query = {}, signal = undefined) {
  return answerOf(await fetched(withQuery(`api/${path}`, query), { credentials: "same-origin", signal: patient(signal) }));
}

export async function askAirflow(path, body = undefined, signal = undefined) {
  const options = { credentials: "same-origin", signal: patient(signal) };
  if (body !== undefined) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  return answerOf(await fetched(new URL(`../api/v2/${path}`, document.baseURI), options));
}
