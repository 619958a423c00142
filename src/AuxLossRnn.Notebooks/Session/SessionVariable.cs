using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using AuxLossRnn.Notebooks.Session;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;

namespace AuxLossRnn.Notebooks.Interactive;

/// <summary>A variable that a session holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value if that is short, or how many there are of what it holds.</param>
/// <param name="Size">What its numbers or characters take, where that can be told and is much.</param>
/// <param name="Remark">Why it is held although its name means another variable by now; empty for all others.</param>
public sealed partial record SessionVariable(string Name, string Type, string Value, string Size, string Remark)
{
    private const int MostCharacters = 60;
    private const long Much = 100 << 10;

    internal static SessionVariable Of(CellVariable variable, bool isCurrent)
    {
        (string value, long? bytes) = Content(variable.Value);
        return new SessionVariable(
            variable.Name,
            Namespaces().Replace(variable.Type.ToDisplayString(PlainTextFormatter.MimeType), ""),
            value,
            bytes >= Much ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB") : "",
            isCurrent ? "" : "declared anew since, but a function uses this one");
    }

    internal static SessionVariable OfText(string name, string mimeType, string text) =>
        new(name, mimeType, Short(text.ReplaceLineEndings(" ")), "", "a text of #!value: C# gets it by #!share --from value " + name);

    private static (string Value, long? Bytes) Content(object? value)
    {
        switch (value)
        {
            case null:
                return ("null", null);
            case string text:
                return (Short(text), sizeof(char) * (long)text.Length);
            case torch.Tensor { IsInvalid: true }:
                return ("disposed", null);
            case torch.Tensor tensor:
                return ($"[{string.Join(", ", tensor.shape)}] {tensor.dtype} {tensor.device}", tensor.numel() * tensor.ElementSize);
            case Array array:
                Type element = array.GetType().GetElementType()!;
                return (Items(array.LongLength), element.IsPrimitive ? array.LongLength * Marshal.SizeOf(element) : null);
            case ICollection collection:
                return (Items(collection.Count), null);
            case ValueType and IFormattable number:
                return (Short(number.ToString(null, CultureInfo.InvariantCulture)), null);
            case bool or char:
                return (Convert.ToString(value, CultureInfo.InvariantCulture)!, null);
            default:
                return ("", null);
        }
    }

    private static string Items(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} item{(count == 1 ? "" : "s")}");

    private static string Short(string text) => text.Length <= MostCharacters ? text : $"{text[..(MostCharacters - 1)]}…";

    [GeneratedRegex(@"\b\w+[.+]")]
    private static partial Regex Namespaces();
}
