using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using AuxLossRnn.Runtime;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>Values as JSON, in which kernels share them with others that do not run in this process; for a page's script with all of its numbers.</summary>
internal static partial class SharedJson
{
    /// <summary>The format of a value as it stands in a page's script: JSON with NaN, Infinity and 9007199254740993n.</summary>
    public const string Script = "text/javascript";

    private const int ShownPath = 60;

    // The whole numbers that a double holds, all of them up to here.
    private static readonly BigInteger Exact = BigInteger.Pow(2, 53);
    private static readonly JsonSerializerOptions Json = Options(script: false);
    private static readonly JsonSerializerOptions InScript = Options(script: true);

    /// <summary>A value as JSON: a data frame as a list of rows that know their columns by name, a tensor as lists in lists.</summary>
    /// <param name="name">What the value is called, for messages.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="UserException">It cannot be written as JSON.</exception>
    public static string Of(string name, object? value) => Text(name, value, Json);

    /// <summary>A value as a page's script has it.</summary>
    /// <param name="name">What the value is called, for messages.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="UserException">It cannot be written.</exception>
    public static string ScriptOf(string name, object? value) => WholeNumbers(Text(name, value, InScript));

    /// <summary>JSON as a page's script has it, once it is known to be some.</summary>
    /// <param name="name">What the value is called, for messages.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="UserException">It is no JSON.</exception>
    public static string ScriptOfJson(string name, string json)
    {
        try
        {
            using var read = JsonDocument.Parse(json);
            return WholeNumbers(json);
        }
        catch (JsonException problem)
        {
            throw new UserException($"{name} is said to be JSON, but is none: {problem.Message}", problem);
        }
    }

    /// <summary>The whole number that a text is, in the smallest type from int on; null for any other text.</summary>
    /// <param name="json">The text.</param>
    public static object? WholeNumber(string json) =>
        int.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int small) ? small
        : long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long large) ? (object)large
        : BigInteger.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger any) ? any
        : null;

    private static string Text(string name, object? value, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Serialize(value, options);
        }
        catch (JsonException problem) when (problem.Path is { Length: > ShownPath } path)
        {
            throw new UserException($"{name} cannot be shared as JSON: it holds itself, or goes on for more than 64 values in one another: {name}{path[1..ShownPath]}… Share what the other side needs of it, made in C#.", problem);
        }
#pragma warning disable CA1031 // A value's own code runs here, a getter or a query: whatever it throws is said.
        catch (Exception problem) when (problem is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw new UserException(
                $"{name} cannot be shared as JSON: {problem.Message.Split('\n', 2)[0].TrimEnd()} Share numbers, texts, arrays or records of these, or a data frame, made from it in C#.", problem);
        }
    }

    // As .NET Interactive writes it, but safe within a page's script: < and the like are escaped.
    private static JsonSerializerOptions Options(bool script)
    {
        var options = new JsonSerializerOptions(JsonFormatter.SerializerOptions)
        {
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
            IncludeFields = true, // a tuple has no properties
            WriteIndented = false,
        };
        options.Converters.Clear(); // those are for reading
        options.Converters.Add(new JsonWriter<double>((writer, number, _) => Raw(writer, number.ToString("R", CultureInfo.InvariantCulture), double.IsFinite(number), script)));
        options.Converters.Add(new JsonWriter<float>((writer, number, _) => Raw(writer, number.ToString("R", CultureInfo.InvariantCulture), float.IsFinite(number), script)));
        options.Converters.Add(new JsonWriter<Half>((writer, number, _) => Raw(writer, number.ToString("R", CultureInfo.InvariantCulture), Half.IsFinite(number), script)));
        options.Converters.Add(new JsonWriter<BigInteger>((writer, number, _) => writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture))));
        options.Converters.Add(new JsonWriter<DataFrame>(Write));
        options.Converters.Add(new JsonWriter<torch.Tensor>(Write));
        return options;
    }

    // 5.0 is told from 5, so that C# gets back a double.
    private static void Raw(Utf8JsonWriter writer, string number, bool finite, bool script)
    {
        string text = !finite ? (script ? number : $"\"{number}\"") : number.AsSpan().ContainsAny('.', 'E') ? number : number + ".0";
        writer.WriteRawValue(text, skipInputValidation: true);
    }

    private static void Write(Utf8JsonWriter writer, DataFrame frame, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (DataFrameRow row in frame.Rows)
        {
            writer.WriteStartObject();
            for (int i = 0; i < frame.Columns.Count; i++)
            {
                writer.WritePropertyName(frame.Columns[i].Name);
                JsonSerializer.Serialize(writer, row[i], options);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, torch.Tensor tensor, JsonSerializerOptions options)
    {
        using torch.Tensor parts = tensor.is_complex() ? torch.stack([tensor.detach().real, tensor.detach().imag], dim: -1) : tensor.detach(); // as tensor; complex: [..., 2]
        bool whole = !torch.is_floating_point(parts);
        using torch.Tensor plain = parts.cpu().to(whole ? torch.ScalarType.Int64 : torch.ScalarType.Float64).contiguous(); // as parts
        Array values = plain.numel() == 0 ? Array.Empty<long>() : whole ? plain.data<long>().ToArray() : plain.data<double>().ToArray();
        long[] shape = plain.shape;
        int next = 0;
        WriteAxis(0);

        void WriteAxis(int axis)
        {
            if (axis == shape.Length)
            {
                JsonSerializer.Serialize(writer, values.GetValue(next++), options);
                return;
            }

            writer.WriteStartArray();
            for (long i = 0; i < shape[axis]; i++)
            {
                WriteAxis(axis + 1);
            }

            writer.WriteEndArray();
        }
    }

    // JavaScript would read a larger one as another number, and say nothing.
    private static string WholeNumbers(string json) => TextOrNumber().Replace(json, found =>
        found.Groups["whole"] is { Success: true } whole && BigInteger.Abs(BigInteger.Parse(whole.Value, CultureInfo.InvariantCulture)) > Exact ? $"{found.Value}n" : found.Value);

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""|-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|(?<whole>-?\d+)")]
    private static partial Regex TextOrNumber();
}
