using AuxLossRnn.Notebooks.Session;
using Microsoft.AspNetCore.Html;

namespace AuxLossRnn.Notebooks.Interactive;

/// <summary>What every cell can name without a prefix.</summary>
public sealed class NotebookGlobals
{
    private readonly Func<IReadOnlyList<SessionVariable>> _variables;

    internal NotebookGlobals(Func<IReadOnlyList<SessionVariable>> variables) => _variables = variables;

#pragma warning disable CA1822, IDE1006 // Members of the globals object, with the names that notebooks know.
    /// <summary>Whether the running cell is to stop: for long calls that take a token.</summary>
    public CancellationToken Cancellation => CellContext.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The formats to show it in; none for those that suit it.</param>
    public DisplayedValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);

    /// <summary>Runs a script in the page.</summary>
    /// <param name="script">The script, in JavaScript.</param>
    public void Javascript(string script) => $"<script type=\"text/javascript\">{script}</script>".DisplayAs(ValueFormats.Html);

    /// <summary>A text that is shown as HTML.</summary>
    /// <param name="html">The HTML.</param>
    public IHtmlContent HTML(string html) => new HtmlString(html);

    /// <summary>The variables that the session holds, those that it holds for functions of earlier cells included.</summary>
    public IReadOnlyList<SessionVariable> Variables() => _variables();
#pragma warning restore CA1822, IDE1006
}
