using Jint;
using Jint.Runtime;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Turns TeX into MathML, which browsers show without scripts and fonts: KaTeX, run here.</summary>
internal sealed class Equations
{
    // Most of a second; a notebook without equations does not wait for it.
    private readonly Lazy<Engine> _engine = new(() => new Engine().Execute(Assets.Text("katex.min.js")));

    /// <summary>An equation as a <c>math</c> element.</summary>
    /// <param name="tex">The equation, without dollars.</param>
    /// <param name="display">Whether it stands on a line of its own.</param>
    /// <exception cref="FormatException">KaTeX does not understand it; the message says what and where.</exception>
    public string ToMathMl(string tex, bool display)
    {
        Engine engine = _engine.Value;
        engine.SetValue("tex", tex);
        engine.SetValue("display", display);
        try
        {
            string html = engine.Evaluate("katex.renderToString(tex, { output: 'mathml', displayMode: display, strict: 'ignore' })").AsString();
            int start = html.IndexOf("<math", StringComparison.Ordinal);
            return html[start..(html.LastIndexOf("</math>", StringComparison.Ordinal) + "</math>".Length)];
        }
        catch (JavaScriptException problem)
        {
            // KaTeX underlines the place with combining characters, which a console shows as it likes.
            throw new FormatException(problem.Message.Replace("KaTeX parse error: ", "", StringComparison.Ordinal).Replace("\u0332", "", StringComparison.Ordinal), problem);
        }
    }
}
