// Runs cases against form-js on a page that has it: what it calls wrong, and the data that it would send.
async (cases) => {
    const merge = (a, b) => {
        const whole = structuredClone(a)
        for (const [key, value] of Object.entries(b)) {
            const both = [whole[key], value].every(one => one && typeof one === 'object' && !Array.isArray(one))
            whole[key] = both ? merge(whole[key], value) : value
        }
        return whole
    }
    const run = async ({components, known, given}) => {
        const outer = document.createElement('div')
        outer.innerHTML = '<div data-step-form data-prefix="forward-data_" data-for="none"></div>'
        const place = outer.firstChild
        place.dataset.schema = JSON.stringify({type: 'default', id: 'step', schemaVersion: 19, components})
        place.dataset.values = JSON.stringify(merge(known, given))
        document.body.append(outer)
        window.mountStepForms(outer)
        while (!('ready' in place.dataset) && !('failed' in place.dataset)) await new Promise(done => setTimeout(done, 5))
        if ('failed' in place.dataset) {
            outer.remove()
            return {wrong: ['(not drawn)'], data: null}
        }
        const form = place.stepForm
        const {data, errors} = form.submit()
        const wrong = []
        for (const {id, valuePath, indexes} of form.get('formFieldInstanceRegistry').getAllKeyed()) {
            const found = [id, ...Object.values(indexes ?? {})].reduce((here, step) => here?.[step], errors)
            if (Array.isArray(found) && found.some(one => typeof one === 'string')) wrong.push(valuePath.join('.'))
        }
        form.destroy()
        outer.remove()
        return {wrong: wrong.sort(), data}
    }
    const told = []
    for (const one of cases) told.push(await run(one))
    return told
}
