using System.Globalization;
using System.Reflection;
using AuxLossRnn.Experiments;
using AuxLossRnn.Notebooks.Interactive;
using Microsoft.AspNetCore.Html;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.Formatting.TabularData;
using TorchSharp;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Turns values into what a notebook shows.</summary>
internal static class ValueFormats
{
    public const string Html = "text/html";
    public const string Plain = "text/plain";
    private static readonly string[] HtmlMethods = ["ToHtml", "ToHTML", "GetHtml"];
    private const string PlainHtml = "<div class=\"dni-plaintext\">";

    /// <summary>The formats of a value: those that a cell registered, its own by one of several conventions, else those of .NET Interactive.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The formats that are wanted; none for those that suit it.</param>
    public static MimeBundle Of(object? value, params IReadOnlyCollection<string> mimeTypes)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            // A cell may have chosen a language; what the kit writes, such as HTML, needs numbers with a point.
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            Dictionary<string, string> usual = Suiting(value);
            return new MimeBundle(mimeTypes.Count == 0 ? usual : mimeTypes.Append(Plain).Distinct()
                .ToDictionary(mime => mime, mime => usual.GetValueOrDefault(mime) ?? value.ToDisplayString(mime)));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static Dictionary<string, string> Suiting(object? value)
    {
        var formats = new Dictionary<string, string>();
        switch (value)
        {
            case null:
                formats[Plain] = "<null>";
                break;
            case not null when Formatter.RegisteredFormatters(includeDefaults: false).Any(made => made.Type.IsInstanceOfType(value)):
                AddGeneral(value, formats);
                break;
            case string text:
                formats[Plain] = text;
                break;
            case IEnumerable<SessionVariable> variables:
                formats[Html] = Suiting(variables.ToTabularDataResource())[Html];
                formats[Plain] = variables.ToDisplayString(Plain);
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

        return formats;
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
        else if (OwnHtml(type) is MethodInfo own)
        {
            formats[Html] = (string?)own.Invoke(own.IsStatic ? null : value, BindingFlags.DoNotWrapExceptions, null, own.IsStatic ? [value] : null, null) ?? "";
        }

        if (formats.Count > 0)
        {
            formats.TryAdd(Plain, value.ToString() ?? "");
        }

        return formats.Count > 0;
    }

    // How libraries that know no notebook name the method that gives a value's HTML. A library in F# has it beside the value's type.
    private static MethodInfo? OwnHtml(Type type) =>
        HtmlMethods.Select(name => type.GetMethod(name, BindingFlags.Public | BindingFlags.Instance, Type.EmptyTypes))
            .Append(FromFSharp(type))
            .FirstOrDefault(method => method?.ReturnType == typeof(string));

    private static MethodInfo? FromFSharp(Type type) => Chain(type, place => place.BaseType)
        .SelectMany(place => Chain(place, inner => inner.DeclaringType))
        .SelectMany(place => place.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .FirstOrDefault(one => one.Name == "toChartHTML" && one.GetParameters() is [{ } chart] && chart.ParameterType.IsAssignableFrom(type));

    private static IEnumerable<Type> Chain(Type? first, Func<Type, Type?> next)
    {
        for (; first is not null; first = next(first))
        {
            yield return first;
        }
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

    /// <summary>Rows as a table with a column for each of their properties.</summary>
    public static MimeBundle Table<T>(IEnumerable<T> rows)
    {
        T[] all = [.. rows];
        return new MimeBundle(new Dictionary<string, string>
        {
            [Html] = Of(all.ToTabularDataResource()).Formats[Html],
            [Plain] = Of(all).Formats[Plain],
        });
    }

    /// <summary>A script that the page runs as an editor runs cells: when those before it have ended, with names of its own, and with await.</summary>
    public static MimeBundle CellScript(string code) => Script(
        $"globalThis.auxlossCells = Promise.resolve(globalThis.auxlossCells).then(async () => {{\n{code.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)}\n}}).catch(console.error);");

    /// <summary>A script that the page runs at once.</summary>
    public static MimeBundle Script(string code) => Text(Html, $"<script type=\"text/javascript\">\n{code}\n</script>");

    /// <summary>A text in one format, with itself as what plain readers see.</summary>
    public static MimeBundle Text(string mime, string text) => new(new Dictionary<string, string> { [mime] = text, [Plain] = text });
}
