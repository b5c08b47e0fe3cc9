// The document viewer beside a step's form.
