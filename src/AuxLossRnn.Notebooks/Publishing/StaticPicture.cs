using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AuxLossRnn.Figures;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Makes a browser's drawing of a figure into an SVG document for a notebook.</summary>
internal static partial class StaticPicture
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly XNamespace Link = "http://www.w3.org/1999/xlink";

    // What a picture does not answer to, or what its own elements say already.
    private static readonly string[] Idle = ["class", "pointer-events", "cursor", "white-space", "user-select", "font-family", "style", "direction"];

    /// <summary>
    /// The picture alone: no classes, no random names, attributes instead of styles (which some viewers take out), colours that
    /// are read on light and on dark.
    /// </summary>
    /// <param name="figure">The figure.</param>
    /// <param name="drawing">The SVG document that plotly.js made of it.</param>
    public static string Clean(Figure figure, string drawing)
    {
        XElement root = XElement.Parse(drawing);
        foreach (XElement element in root.DescendantsAndSelf())
        {
            TakeStyles(element);
            foreach (XAttribute attribute in element.Attributes().ToArray())
            {
                if (attribute.Name == Link + "href")
                {
                    element.SetAttributeValue("href", attribute.Value);
                }
                else
                {
                    attribute.Value = Digits().Replace(attribute.Value, match => match.Groups[1].Value.TrimEnd('0').TrimEnd('.'));
                }

                bool legend = attribute.Name == "class" && attribute.Value == "legend"; // small pictures leave it out
                if ((Idle.Contains(attribute.Name.LocalName) && !legend) || attribute.Name.LocalName.StartsWith("data-", StringComparison.Ordinal)
                    || attribute.Name.Namespace != XNamespace.None || attribute.IsNamespaceDeclaration || IsDefault(attribute))
                {
                    attribute.Remove();
                }
            }

            element.Name = element.Name.LocalName;
        }

        Rename(root, figure.Id);
        TakeOutUnseen(root);
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-label", figure.ToString());
        root.SetAttributeValue("font-family", "sans-serif");
        root.SetAttributeValue("xmlns", null);
        // Elements on lines of their own make small diffs; text keeps its spaces.
        return $"<svg xmlns=\"{Svg}\"{Element().Replace(root.ToString(SaveOptions.DisableFormatting), "\n<$1")["<svg".Length..]}";
    }

    private static void TakeStyles(XElement element)
    {
        foreach (string part in element.Attribute("style")?.Value.Split(';') ?? [])
        {
            int colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                element.SetAttributeValue(part[..colon].Trim(), part[(colon + 1)..].Trim());
            }
        }

        foreach (string name in (string[])["fill", "stroke"])
        {
            if (element.Attribute(name) is not XAttribute colour)
            {
                continue;
            }

            Match match = Rgb().Match(colour.Value);
            if (match.Success)
            {
                colour.Value = "#" + string.Concat(match.Groups.Values.Skip(1).Select(part => int.Parse(part.Value, CultureInfo.InvariantCulture).ToString("x2", CultureInfo.InvariantCulture)));
            }
        }
    }

    private static bool IsDefault(XAttribute attribute) => (attribute.Name.LocalName, attribute.Value) is
        ("opacity" or "fill-opacity" or "stroke-opacity", "1") or ("stroke-miterlimit", _) or ("font-style" or "font-weight" or "font-variant", "normal" or "400")
        or ("transform", "" or "translate(0,0)") or ("dx" or "dy", "0" or "0em");

    // Places for the mouse, and backgrounds that let everything through.
    private static void TakeOutUnseen(XElement root)
    {
        bool Unseen(XElement element) => element.Name.LocalName switch
        {
            "clipPath" => element.Attribute("id") is null,
            "g" or "defs" or "text" => !element.HasElements && element.Value.Length == 0,
            "path" when element.Attribute("d") is null => true,
            "rect" or "path" or "circle" => !element.Ancestors("clipPath").Any() && None(element, "fill") && None(element, "stroke"),
            _ => false,
        };
        static bool None(XElement element, string what) =>
            (element.AncestorsAndSelf().Select(one => one.Attribute(what)?.Value).FirstOrDefault(value => value is not null) ?? (what == "fill" ? "black" : "none")) == "none"
            || element.AncestorsAndSelf().Any(one => one.Attribute($"{what}-opacity")?.Value == "0" || one.Attribute("opacity")?.Value == "0")
            || (what == "stroke" && element.AncestorsAndSelf().Select(one => one.Attribute("stroke-width")?.Value).FirstOrDefault(value => value is not null) is "0" or "0px");

        // From the inside out: what holds nothing goes too, and a group that says nothing leaves its place to what it holds.
        foreach (XElement element in root.Descendants().Reverse().ToArray())
        {
            if (Unseen(element))
            {
                element.Remove();
            }
            else if (element.Name.LocalName == "g" && !element.HasAttributes)
            {
                element.ReplaceWith(element.Nodes());
            }
        }
    }

    // plotly.js draws names at random; a page with two pictures must not mix them up.
    private static void Rename(XElement root, string id)
    {
        var names = new Dictionary<string, string>();
        string[] used = [.. root.DescendantsAndSelf().Attributes().SelectMany(attribute => Reference().Matches(attribute.Value)).Select(match => match.Groups[1].Value)];
        foreach (XAttribute attribute in root.DescendantsAndSelf().Attributes("id").ToArray())
        {
            if (used.Contains(attribute.Value))
            {
                names[attribute.Value] = attribute.Value = string.Create(CultureInfo.InvariantCulture, $"{id}-{names.Count + 1}");
            }
            else
            {
                attribute.Remove();
            }
        }

        foreach (XAttribute attribute in root.DescendantsAndSelf().Attributes().Where(attribute => Reference().IsMatch(attribute.Value)))
        {
            attribute.Value = Reference().Replace(attribute.Value, match => names.TryGetValue(match.Groups[1].Value, out string? name) ? $"url(#{name})" : "none");
        }
    }

    [GeneratedRegex(@"^rgb\((\d+), ?(\d+), ?(\d+)\)$")]
    private static partial Regex Rgb();

    // A hundredth of a pixel is not seen.
    [GeneratedRegex(@"(\d+\.\d\d)\d+")]
    private static partial Regex Digits();

    [GeneratedRegex(@"url\([""']?[^#)]*#([^)""']+)[""']?\)")]
    private static partial Regex Reference();

    [GeneratedRegex("<(g|path|rect|text|image|clipPath)(?=[ >/])")]
    private static partial Regex Element();
}
