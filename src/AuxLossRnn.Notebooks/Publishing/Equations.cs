using Jint;
using Jint.Native;
using Jint.Runtime;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Turns TeX into MathML, which browsers show without scripts and fonts: KaTeX, run here.</summary>
internal sealed class Equations
{
    // As MathJax, which Jupyter has, takes them: a new command may have an old name, labels and packages are not seen.
    private const string MathJax = """
        ({
          "\\newcommand": "\\providecommand", "\\renewcommand": "\\providecommand",
          "\\DeclareMathOperator": "\\@ifstar\\kitLimits\\kitOperator",
          "\\kitOperator": "\\gdef#1{\\operatorname{#2}}", "\\kitLimits": "\\gdef#1{\\operatorname*{#2}}",
          "\\label": "\\@firstoftwo{}{#1}", "\\require": "\\@firstoftwo{}{#1}"
        })
        """;

    // Environments that KaTeX does not have under these names.
    private static readonly (string Tex, string KaTeX)[] Environments =
    [
        (@"\begin{eqnarray}", @"\begin{darray}{rcl}"), (@"\end{eqnarray}", @"\end{darray}"),
        (@"\begin{eqnarray*}", @"\begin{darray}{rcl}"), (@"\end{eqnarray*}", @"\end{darray}"),
        (@"\begin{multline}", @"\begin{gather*}"), (@"\end{multline}", @"\end{gather*}"),
        (@"\begin{multline*}", @"\begin{gather*}"), (@"\end{multline*}", @"\end{gather*}"),
    ];

    // Most of a second; a notebook without equations does not wait for it.
    private readonly Lazy<Engine> _engine = new(() => new Engine().Execute(Assets.Text("katex.min.js")));
    private JsValue? _macros;

    /// <summary>Forgets the macros: what one notebook defines is not another's.</summary>
    public void Begin() => _macros = null;

    /// <summary>An equation as a <c>math</c> element. The macros that it defines are known from then on.</summary>
    /// <param name="tex">The equation, without dollars.</param>
    /// <param name="display">Whether it stands on a line of its own.</param>
    /// <exception cref="FormatException">KaTeX does not understand it; the message says what and where.</exception>
    public string ToMathMl(string tex, bool display)
    {
        foreach ((string from, string to) in Environments)
        {
            tex = tex.Replace(from, to, StringComparison.Ordinal);
        }

        Engine engine = _engine.Value;
        _macros ??= engine.Evaluate(MathJax);
        engine.SetValue("macros", _macros);
        engine.SetValue("tex", tex);
        engine.SetValue("display", display);
        try
        {
            string html = engine.Evaluate(
                "katex.renderToString(tex, { output: 'mathml', displayMode: display, strict: 'ignore', macros: macros, globalGroup: true })").AsString();
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
