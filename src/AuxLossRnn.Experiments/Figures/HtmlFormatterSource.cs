namespace AuxLossRnn.Figures;

/// <summary>Makes the formatter of what is <see cref="IHtml"/>; found by <see cref="TypeFormatterSourceAttribute"/>.</summary>
public sealed class HtmlFormatterSource
{
    /// <summary>The formatters.</summary>
#pragma warning disable CA1822 // Notebooks make an instance and call its method.
    public IEnumerable<object> CreateTypeFormatters() => [new HtmlFormatter()];
#pragma warning restore CA1822
}

/// <summary>Writes <see cref="IHtml"/> for a notebook, which finds the members by their names.</summary>
public sealed class HtmlFormatter
{
    /// <summary>What it writes.</summary>
    public string MimeType { get; } = "text/html";

    /// <summary>Writes a value.</summary>
    /// <param name="instance">The value.</param>
    /// <param name="writer">Where to.</param>
    /// <returns>Whether it could be written.</returns>
#pragma warning disable CA1822 // Notebooks call it on an instance.
    public bool Format(object instance, TextWriter writer)
#pragma warning restore CA1822
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (instance is not IHtml html)
        {
            return false;
        }

        writer.Write(html.ToHtml());
        return true;
    }
}
