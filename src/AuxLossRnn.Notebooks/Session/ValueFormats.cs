using System.Reflection;
using AuxLossRnn.Experiments;
using Microsoft.AspNetCore.Html;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Turns values into what a notebook shows.</summary>
internal static class ValueFormats
{
    public const string Html = "text/html";
    public const string Plain = "text/plain";
    private const string PlainHtml = "<div class=\"dni-plaintext\">";

    /// <summary>The formats of a value: its own by one of two conventions, else those of .NET Interactive.</summary>
    public static MimeBundle Of(object? value)
    {
        var formats = new Dictionary<string, string>();
        switch (value)
        {
            case null:
                formats[Plain] = "<null>";
                break;
            case string text:
                formats[Plain] = text;
                break;
            case torch.Tensor tensor:
                formats[Plain] = tensor.ToString(TensorStringStyle.Numpy);
                break;
            case torch.nn.Module module:
                formats[Plain] = module.ToString() ?? "";
                break;
            case DataFrame frame:
                formats[Html] = frame.ToHtmlTable().ToHtml();
                formats[Plain] = frame.ToString();
                break;
            case IHtmlContent html:
                formats[Html] = ToText(html);
                formats[Plain] = formats[Html];
                break;
            default:
                if (!AddOwn(value, formats))
                {
                    AddGeneral(value, formats);
                }

                break;
        }

        return new MimeBundle(formats);
    }

    private static string ToText(IHtmlContent html)
    {
        using var writer = new StringWriter();
        html.WriteTo(writer, System.Text.Encodings.Web.HtmlEncoder.Default);
        return writer.ToString();
    }

    // The attribute is known by its name, so that a library needs no reference to a notebook host.
    private static bool AddOwn(object value, Dictionary<string, string> formats)
    {
        Type type = value.GetType();
        object? attribute = type.GetCustomAttributes(inherit: true).FirstOrDefault(a => a.GetType().Name == "TypeFormatterSourceAttribute");
        if (attribute?.GetType().GetProperty("FormatterSourceType")?.GetValue(attribute) is Type source)
        {
            object maker = Activator.CreateInstance(source)!;
            var formatters = (System.Collections.IEnumerable?)source.GetMethod("CreateTypeFormatters", Type.EmptyTypes)
                ?.Invoke(maker, BindingFlags.DoNotWrapExceptions, null, null, null);
            foreach (object formatter in formatters ?? Array.Empty<object>())
            {
                using var writer = new StringWriter();
                MethodInfo? format = formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)]);
                if (formatter.GetType().GetProperty("MimeType")?.GetValue(formatter) is string mime
                    && format?.Invoke(formatter, BindingFlags.DoNotWrapExceptions, null, [value, writer], null) is true)
                {
                    formats[mime] = writer.ToString();
                }
            }
        }
        else if (type.GetMethod("ToHtml", Type.EmptyTypes) is { IsPublic: true, IsStatic: false } toHtml && toHtml.ReturnType == typeof(string))
        {
            formats[Html] = (string?)toHtml.Invoke(value, BindingFlags.DoNotWrapExceptions, null, null, null) ?? "";
        }

        if (formats.Count > 0)
        {
            formats.TryAdd(Plain, value.ToString() ?? "");
        }

        return formats.Count > 0;
    }

    private static void AddGeneral(object value, Dictionary<string, string> formats)
    {
        try
        {
            foreach (string mime in Formatter.GetPreferredMimeTypesFor(value.GetType()))
            {
                formats[mime] = value.ToDisplayString(mime);
            }

            formats.TryAdd(Plain, value.ToDisplayString(Plain));
            if (formats.TryGetValue(Html, out string? html) && html.StartsWith(PlainHtml, StringComparison.Ordinal))
            {
                // A number dressed as HTML says no more, and brings a style sheet.
                formats.Remove(Html);
            }
        }
#pragma warning disable CA1031 // A value's own properties may throw anything; its text is better than no value.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            formats.Clear();
            formats[Plain] = $"{value} (could not be shown in full: {problem.Message})";
        }
    }

    /// <summary>A text in one format, with itself as what plain readers see.</summary>
    public static MimeBundle Text(string mime, string text) => new(new Dictionary<string, string> { [mime] = text, [Plain] = text });

}
